import original = require('pg/lib/type-overrides');
export = original;
