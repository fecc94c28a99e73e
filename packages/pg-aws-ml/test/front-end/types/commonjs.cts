import pg = require('pg-aws-ml');

const pool = new pg.Pool({ awsMl: { region: 'eu-west-1' } });
const client: pg.Client = new pg.Client();
const config: pg.PoolConfig = { awsMl: { maxConcurrency: 4 } };
async function rowCount(connected: pg.PoolClient): Promise<number | null> {
  const result: pg.QueryResult<{ id: number }> = await connected.query('select 1 as id');
  return result.rowCount;
}
export = { client, config, pool, rowCount, literal: pg.escapeLiteral('x'), numbers: pg.types.builtins.INT8 };
