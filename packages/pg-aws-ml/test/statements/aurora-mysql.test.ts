import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

/** SQL that comes from Aurora MySQL: its functions over models, with the slips of a published example, and Comprehend's. */

let app: Application;
const columns =
  'state,acc_length,area_code,phone,int_plan,vmail_plan,vmail_msg,day_mins,day_calls,day_charge,eve_mins,eve_calls,eve_charge,night_mins,night_calls,night_charge,int_mins,int_calls,int_charge,cust_service_calls';

beforeAll(async () => {
  app = await startApplication({
    services: {
      endpoints: { churn: { predict: (row) => (row.length === 20 && Number(row[9]) === 21.95 ? 'True.' : 'False.') } },
    },
  });
  const type = (name: string) => (/state|phone|plan/.test(name) ? 'text' : 'double precision');
  await app.pool.query(`CREATE TABLE churn (${columns.split(',').map((name) => `${name} ${type(name)}`)});
    INSERT INTO churn SELECT 'IN',65,415,'329-6603','no','no',0,129.1,137,21.95 + n,228.5,83,19.42,208.8,111,9.4,12.7,6,3.43,4
    FROM generate_series(0, 2) n`);
});
afterAll(() => app.end());

const definition = (charge: string, more = '') => `CREATE OR REPLACE FUNCTION \`will_churn\`(
state varchar(2048),
acc_length bigint(20),
area_code bigint(20),
phone varchar(1000),
int_plan varchar(2048),
vmail_plan varchar(2048),
vmail_msg bigint(20),
day_mins double,
day_calls bigint(20),
day_charge ${charge},
eve_mins double,
eve_calls bigint(20),
eve_charge ${charge},
night_mins double,
night_calls bigint(20),
night_charge ${charge},
${more}int_calls bigint(20),
int_charge ${charge},
cust_service_calls bigint(20)
) RETURNS varchar(2048) CHARSET latin1
alias aws_sagemaker_invoke_endpoint
endpoint name 'churn';`;

const call = `SELECT will_churn('IN',65,415,'329-6603','no','no',0,129.1,137,21.95,228.5,83,
19.42,208.8,111,9.4,12.7,6,3.43,4) AS "Will Churn?"`;

it('a function with a parameter too few says so, and which columns are strings', async () => {
  expect(await app.pool.query(definition('bigint(20)'))).toMatchObject({ command: 'CREATE' });
  await expect(app.pool.query(call)).rejects.toMatchObject({
    code: '42883',
    hint: 'The function will_churn takes 19 arguments, and is called with 20.',
  });
  const quoted = `SELECT will_churn('c.state',c.acc_length,c.area_code,'c.int_plan','c.phone','c.vmail_plan',c.vmail_msg,c.day_mins,c.day_calls,
    c.day_charge,c.eve_mins,c.eve_calls,c.eve_charge,c.night_mins,c.night_calls,c.night_charge,c.int_mins,c.int_calls,c.int_charge,c.cust_service_calls) FROM churn AS c LIMIT 5`;
  await expect(app.pool.query(quoted)).rejects.toMatchObject({
    code: '42883',
    hint: expect.stringMatching(
      /^The function will_churn takes 19 arguments, and is called with 20. No parameter is called int_mins. Argument 1 is a string that looks like a column/,
    ),
  });
});

it('whole numbers for cents are found where a fraction is passed', async () => {
  await app.pool.query('DROP FUNCTION will_churn');
  await app.pool.query(definition('bigint(20)', 'int_mins double,\n'));
  await expect(app.pool.query(call)).rejects.toMatchObject({
    code: '42883',
    hint: expect.stringMatching(/^Argument 10 has a fraction, and the parameter day_charge is a bigint/),
  });
});

it('repaired, it predicts, in batches', async () => {
  await app.pool.query('DROP FUNCTION will_churn');
  await app.pool.query(definition('double', 'int_mins double,\n').replaceAll('bigint(20)', 'double'));
  app.requests();
  expect((await app.pool.query(call)).rows).toEqual([{ 'Will Churn?': 'True.' }]);
  expect(app.requests()).toEqual([1]);
  expect(await app.rows(`SELECT will_churn(${columns}) FROM churn ORDER BY day_charge`)).toEqual([
    ['True.'],
    ['False.'],
    ['False.'],
  ]);
  // The first row's answer is fresh for each statement.
  expect(app.requests()).toEqual([3]);
});

it("Comprehend's functions share their requests", async () => {
  await app.pool.query(readFileSync(new URL('../../../../docs/aurora-mysql.sql', import.meta.url), 'utf8'));
  app.requests();
  const rows = await app.rows(
    `SELECT aws_comprehend_detect_sentiment(t, 'en'), aws_comprehend_detect_sentiment_confidence(t, 'en', 10) > 0.5
     FROM (VALUES ('so bad'), ('fine')) v(t)`,
  );
  expect(rows).toEqual([
    ['NEGATIVE', true],
    ['POSITIVE', true],
  ]);
  expect(app.requests()).toEqual([2]);
});
