module.exports = require('pg/lib/native/index');
