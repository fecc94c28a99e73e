import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

/** Parsing them takes the server itself a while. */
const PATIENCE = 120_000;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

/** Of the ways to name so many, a list is what the server reads quickest. */
const statement = (parameters: number) => ({
  text: `SELECT (aws_comprehend.detect_sentiment($1, 'en')).sentiment AS mood
         WHERE 1 IN (${Array.from({ length: parameters - 1 }, (_, i) => `$${i + 2}`).join()})`,
  values: ['a joy', ...new Array(parameters - 1).fill(1)],
});

it(
  'a statement with 65,535 parameters makes its ML calls',
  async () => {
    expect((await lab.pool.query(statement(65_535))).rows).toEqual([{ mood: 'POSITIVE' }]);
  },
  PATIENCE,
);

it(
  'an UPDATE with 32,768 parameters makes its ML calls',
  async () => {
    await lab.admin.query(`CREATE TABLE many (id int, mood text); INSERT INTO many VALUES (1, ''), (32767, '')`);
    const ids = Array.from({ length: 32_767 }, (_, i) => i + 1);
    const { rowCount } = await lab.pool.query(
      `UPDATE many SET mood = (aws_comprehend.detect_sentiment($1, 'en')).sentiment
       WHERE id IN (${ids.map((id) => `$${id + 1}`).join()})`,
      ['awful', ...ids],
    );
    expect(rowCount).toBe(2);
    expect((await lab.admin.query('SELECT DISTINCT mood FROM many')).rows).toEqual([{ mood: 'NEGATIVE' }]);
  },
  PATIENCE,
);

it(
  "a statement with more than 65,535 parameters fails with the server's own error",
  async () => {
    lab.services.resetRequests();
    await expect(lab.pool.query(statement(65_537))).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:08P01|54000)$/),
      severity: 'ERROR',
    });
    expect(lab.services.requests.total()).toBe(0);
    expect((await lab.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  },
  PATIENCE,
);
