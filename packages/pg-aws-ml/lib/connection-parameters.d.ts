import original = require('pg/lib/connection-parameters');
export = original;
