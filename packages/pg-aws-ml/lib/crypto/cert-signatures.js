module.exports = require('pg/lib/crypto/cert-signatures');
