module.exports = require('pg/lib/utils');
