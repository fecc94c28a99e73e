module.exports = require('pg/lib/crypto/sasl');
