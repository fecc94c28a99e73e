module.exports = require('pg/lib/connection-parameters');
