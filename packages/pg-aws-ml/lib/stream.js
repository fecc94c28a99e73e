module.exports = require('pg/lib/stream');
