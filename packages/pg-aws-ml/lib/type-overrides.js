module.exports = require('pg/lib/type-overrides');
