module.exports = require('pg/lib/defaults');
