module.exports = require('pg/lib/result');
