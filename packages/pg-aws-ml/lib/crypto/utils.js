module.exports = require('pg/lib/crypto/utils');
