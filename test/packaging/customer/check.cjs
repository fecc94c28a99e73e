const assert = require('node:assert/strict');

/** What a customer relies on, however the packages were loaded. */
module.exports = function check({ pg, core, mlFunctions, local, pgAwsMl, rewriter }) {
  for (const [name, exported] of Object.entries({ core, mlFunctions, local, pgAwsMl, rewriter })) {
    assert.notEqual(Object.keys(exported).length, 0, `${name} exports nothing`);
  }
  assert.equal(typeof local.startLocalServices, 'function');
  for (const name of Object.keys(pg).filter((key) => key !== 'default')) {
    assert.ok(name in pgAwsMl, `pg-aws-ml lacks pg's export ${name}`);
  }
  const pool = new pgAwsMl.Pool({ max: 1 });
  assert.ok(pool instanceof pg.Pool);
  assert.ok(new pgAwsMl.Client() instanceof pg.Client);
  pool.end().then(() => console.log('ok'));
};
