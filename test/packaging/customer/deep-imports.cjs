const assert = require('node:assert/strict');
const { readdirSync } = require('node:fs');
const { dirname, join, relative, sep } = require('node:path');

/** Libraries reach for pg's files by their paths: with our name in place of pg's each one is there. */
async function check() {
  const ours = require('pg-aws-ml');
  assert.equal(require('pg-aws-ml/package.json').name, 'pg-aws-ml');
  const lib = join(dirname(require.resolve('pg/package.json')), 'lib');
  const files = readdirSync(lib, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .map((file) => relative(lib, join(lib, file)).split(sep).join('/').slice(0, -3));
  assert.ok(files.includes('query') && files.includes('crypto/utils'));
  const own = { client: ours.Client, index: ours };
  // pg-native is not there, for pg no more than for us.
  for (const file of files.filter((name) => !name.startsWith('native/'))) {
    const expected = own[file] ?? require(`pg/lib/${file}`);
    assert.equal(require(`pg-aws-ml/lib/${file}`), expected, file);
    assert.equal(require(`pg-aws-ml/lib/${file}.js`), expected, file);
    assert.equal((await import(`pg-aws-ml/lib/${file}`)).default, expected, file);
    assert.equal((await import(`pg-aws-ml/lib/${file}.js`)).default, expected, file);
  }
  for (const file of files) assert.ok(require.resolve(`pg-aws-ml/lib/${file}`));
  console.log('ok');
}

check();
