module.exports = require('pg/lib/native/query');
