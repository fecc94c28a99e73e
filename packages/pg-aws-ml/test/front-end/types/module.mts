import type plainPg from 'pg';
import pg, {
  type BatchEvent,
  Client,
  type ClientConfig,
  DatabaseError,
  type FieldDef,
  type Logger,
  type Notification,
  Pool,
  type PoolClient,
  type PoolConfig,
  Query,
  type QueryArrayConfig,
  type QueryArrayResult,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
  type Submittable,
  types,
} from 'pg-aws-ml';

const config: PoolConfig = { max: 3, awsMl: { region: 'eu-west-1', onError: 'null' } };
const clientConfig: ClientConfig = { host: 'h', awsMl: {} };
const pool = new Pool(config);
const asPgPool: plainPg.Pool = pool;
const asOurs: pg.Pool = pool;
const client: pg.Client = new Client(clientConfig);
const asPgClient: plainPg.Client = client;

interface Review extends QueryResultRow {
  id: number;
}
const result: QueryResult<Review> = await pool.query<Review>('select 1 as id', [1]);
const id: number = result.rows[0]!.id;
const arrays: QueryArrayResult<[number]> = await pool.query<[number]>({ text: 'select 1', rowMode: 'array' });
const checkedOut: PoolClient = await pool.connect();
const asDefaultType: pg.PoolClient = checkedOut;
const rows = await client.query<Review>('select 1 as id');
rows.rows.map((row): number => row.id);
client.query('select 1', (error: Error, answer: QueryResult) => void [error, answer.rowCount]);
const query: Query<Review> = client.query(new Query<Review>('select 1'));
const named: QueryConfig<[number]> = { name: 'n', text: 'select $1', values: [1] };
const array: QueryArrayConfig = { text: 'select 1', rowMode: 'array' };
client.on('notification', (message: Notification) => void message.channel);
client.on('notice', (notice) => void notice.message);
pool.on('error', (error, failed) => void [error.message, failed.release]);
const stillPool: Pool = pool.on('connect', (connected) => void connected.release).on('remove', () => {});
const events: BatchEvent[] = [];
stillPool
  .on('awsMl:batch', (event) => void events.push(event))
  .on('release', (_error, released) => void released.release);
stillPool.on('awsMl:batch', ({ function: name, errorCode }): void => void [name, errorCode === 'THROTTLED']);
const logger: Logger = console;
new Pool({ awsMl: { logger } });
checkedOut.release(true);
types.setTypeParser(20, (value) => Number(value));
const fields: FieldDef[] = rows.fields;
const failure: unknown = new Error();
if (failure instanceof DatabaseError) void failure.code;
if (failure instanceof pg.DatabaseError) void failure.detail;

class Audited extends Client {
  readonly statements: string[] = [];
}
const submittable: Submittable = new Query('select 1');

// @ts-expect-error: an event that does not exist
pool.on('awsMl:bach', () => {});
// @ts-expect-error: an option that does not exist
new Pool({ awsMl: { regoin: 'eu-west-1' } });

export { Audited, array, arrays, asDefaultType, asOurs, asPgClient, asPgPool, fields, id, named, query, submittable };
