module.exports = require('pg/lib/query');
