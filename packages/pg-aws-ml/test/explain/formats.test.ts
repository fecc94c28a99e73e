import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExplainSession, openExplainSession } from './explain-session.js';

let session: ExplainSession;

beforeAll(async () => {
  session = await openExplainSession([
    'CREATE TABLE note (id int PRIMARY KEY, body text)',
    `INSERT INTO note SELECT i, 'text number ' || i FROM generate_series(1, 10) i`,
    `CREATE FUNCTION "Mood <of>"(x text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(x, 'en')).sentiment || '' $$`,
  ]);
});

afterAll(() => session.end());

const select = 'SELECT "Mood <of>"(body) FROM note';

async function explain(options: string, query = select) {
  const { rows, fields, command } = await session.query(`EXPLAIN (${options}) ${query}`);
  return { plan: rows[0]['QUERY PLAN'], oid: fields[0]?.dataTypeID, command };
}

const stats = {
  'Batch Processing': expect.objectContaining({ 'Num Batches': 1, 'Average Batch Size': 10 }),
  Inputs: 10,
  'Distinct Inputs': 10,
  Requests: 1,
  Retries: 0,
  'Cached Inputs': 0,
  'Shared Inputs': 0,
  'Sent Inputs': 10,
};

describe('JSON', () => {
  test.each(['', ', VERBOSE', ', COSTS off', ', VERBOSE, COSTS off, TIMING off', ', BUFFERS, SETTINGS, SUMMARY'])(
    'has the batches as properties of the Function Scan: ANALYZE%s',
    async (options) => {
      const { plan, oid, command } = await explain(`FORMAT JSON, ANALYZE${options}`);
      expect({ oid, command }).toEqual({ oid: 114, command: 'EXPLAIN' });
      const scan = plan[0].Plan.Plans[1];
      expect(scan).toMatchObject({
        'Node Type': 'Function Scan',
        'Function Name': 'Mood <of>',
        Alias: 'Mood <of>',
        ...stats,
      });
      expect(scan.Schema).toBe(options.includes('VERBOSE') ? 'public' : undefined);
      expect(scan['Function Call']).toBe(options.includes('VERBOSE') ? '"Mood <of>"(body)' : undefined);
      expect(plan[0]['Execution Time']).toBeGreaterThan(0);
    },
  );

  test('has what is said of the statement beside its plan', async () => {
    const { plan } = await explain('FORMAT JSON, ANALYZE', 'UPDATE note SET body = "Mood <of>"(body) WHERE false');
    expect(plan[0]).toMatchObject({
      'ML Calls': expect.stringMatching(/^replayed/),
      Plan: { 'Node Type': 'ModifyTable' },
    });
  });

  test('shows the plan without ANALYZE', async () => {
    const { plan } = await explain('FORMAT JSON');
    expect(plan[0].Plan.Plans[1]).toMatchObject({ 'Function Name': 'Mood <of>' });
    expect(JSON.stringify(plan)).not.toContain('Batch');
  });
});

test('YAML has them as a mapping', async () => {
  const { plan, oid } = await explain('FORMAT YAML, ANALYZE, VERBOSE');
  expect(oid).toBe(25);
  const lines = (plan as string).split('\n');
  const at = lines.findIndex((line) => line.endsWith('- Node Type: "Function Scan"'));
  const indent = ' '.repeat(lines[at]?.indexOf('Node') ?? 0);
  expect(lines.slice(at)).toEqual(
    expect.arrayContaining([
      `${indent}Function Name: "Mood <of>"`,
      `${indent}Schema: "public"`,
      `${indent}Batch Processing: `,
      `${indent}  Num Batches: 1`,
      `${indent}Inputs: 10`,
      `${indent}Function Call: "\\"Mood <of>\\"(body)"`,
    ]),
  );
});

test('YAML has what is said of the statement in the same mapping as its plan', async () => {
  const { plan } = await explain('FORMAT YAML, COSTS off', 'UPDATE note SET body = "Mood <of>"(body)');
  expect((plan as string).split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^- ML Calls: "replayed/),
    expect.stringMatching(/^ {2}ML Calls Not Migrated: "/),
    '  Plan: ',
  ]);
});

test('XML has them as elements', async () => {
  const { plan, oid } = await explain('FORMAT XML, ANALYZE, VERBOSE');
  expect(oid).toBe(142);
  expect(plan).toMatch(
    /<Node-Type>Function Scan<\/Node-Type>[\s\S]*<Function-Name>Mood &lt;of&gt;<\/Function-Name>\s+<Schema>public<\/Schema>\s+<Batch-Processing>\s+<Num-Batches>1<\/Num-Batches>[\s\S]*<\/Batch-Processing>\s+<Inputs>10<\/Inputs>/,
  );
  const { rows } = await session.query('SELECT xml_is_well_formed_document($1) AS well_formed', [plan]);
  expect(rows).toEqual([{ well_formed: true }]);
});

test.each(['ANALYZE', 'VERBOSE', 'ANALYZE VERBOSE', "/* (it's */ analyse -- x\n verbose"])(
  'the older syntax: EXPLAIN %s',
  async (options) => {
    const plan = await session.plan(`EXPLAIN ${options} ${select}`);
    expect(plan.some((line) => /Function Scan on (?:public\.)?"Mood <of>"/.test(line))).toBe(true);
    expect(plan.some((line) => line.includes('num batches=1'))).toBe(/analy/i.test(options));
  },
);
