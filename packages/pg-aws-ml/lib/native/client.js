module.exports = require('pg/lib/native/client');
