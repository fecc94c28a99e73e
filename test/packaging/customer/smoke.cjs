const check = require('./check.cjs');

check({
  pg: require('pg'),
  core: require('aws-ml-core'),
  mlFunctions: require('aws-ml-core/ml-functions'),
  local: require('aws-ml-local'),
  pgAwsMl: require('pg-aws-ml'),
  rewriter: require('pg-rewriter'),
});
