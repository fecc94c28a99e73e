import { auroraFunction, readModelStatement, StatementError, splitStatements, withReadableEntries } from 'pg-rewriter';
import { expect, it } from 'vitest';

/** Numbers that are the same in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const STATEMENTS = [
  `CREATE MODEL s.m FROM ( SELECT a , b FROM t WHERE c = ')' ) TARGET y FUNCTION f IAM_ROLE default AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE
   'binary:logistic' PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT EXCEPT ( NUM_ROUND '10' , eta 0.2 ) SETTINGS ( S3_BUCKET 'abc' , MAX_CELLS 5 )`,
  `CREATE MODEL m FROM t FUNCTION f IAM_ROLE { default } AUTO OFF MODEL_TYPE KMEANS HYPERPARAMETERS DEFAULT EXCEPT ( K '7' ) SETTINGS ( S3_BUCKET 'abc' )`,
  `CREATE MODEL m FUNCTION f ( int , varchar ( 10 ) , super ) RETURNS super SAGEMAKER 'e' : 'x' IAM_ROLE default SETTINGS ( MAX_BATCH_ROWS 5 )`,
  `CREATE EXTERNAL MODEL m FUNCTION f IAM_ROLE default MODEL_TYPE BEDROCK SETTINGS ( MODEL_ID 'i' , REQUEST_TYPE RAW , RESPONSE_TYPE SUPER )`,
  `EXPLAIN ( COSTS off ) CREATE MODEL m FROM t TARGET y FUNCTION f IAM_ROLE default SETTINGS ( S3_BUCKET 'abc' )`,
  'SHOW MODEL "S" . m',
  'DROP MODEL IF EXISTS m',
  'GRANT EXECUTE ON MODEL a , s.b TO GROUP g , PUBLIC , u WITH GRANT OPTION',
  'REVOKE GRANT OPTION FOR CREATE MODEL FROM ROLE r RESTRICT',
];

const BETWEEN = [' ', '\n', '\t ', ' /* ; ) \' " */ ', ' -- TARGET z\n', '/* /* nested */ */', '\r\n'];

/** What a statement says, wherever it stands in the text; a query by its words. */
const meaning = (text: string): unknown =>
  JSON.parse(
    JSON.stringify(readModelStatement(text), (key, value) => {
      if (key === 'position' || key === 'start') return undefined;
      if (value instanceof Map) return [...value];
      return key === 'text' ? String(value).replace(/\s|\/\*.*?\*\//gs, '').length > 0 : value;
    }),
  );

it.each(STATEMENTS)('means the same in any case, with any blanks and comments: %s', (statement) => {
  const random = randomNumbers(statement.length);
  const tokens = statement.split(/\s+/);
  const expected = meaning(statement);
  for (let run = 0; run < 50; run++) {
    const text = tokens
      .map((token) => {
        const written = /['"]/.test(token) ? token : random(2) === 0 ? token.toLowerCase() : token.toUpperCase();
        return written + BETWEEN[random(BETWEEN.length)];
      })
      .join('');
    expect(meaning(text)).toEqual(expected);
  }
});

const PIECES = [
  ...new Set(STATEMENTS.join(' ').split(/\s+/)),
  ...[
    '$$',
    "'",
    '"',
    "E'\\",
    "U&'\\00",
    '/*',
    '*/',
    '--',
    ';',
    '[',
    ']',
    '.',
    '$1',
    '😀',
    '\u0000',
    'AT',
    'label',
    'alias aws_sagemaker_invoke_endpoint',
    '`',
  ],
];

it('garbage is an error or none of ours, never anything else', () => {
  const random = randomNumbers(7);
  for (let run = 0; run < 3000; run++) {
    const head = STATEMENTS[random(STATEMENTS.length)]!.split(/\s+/).slice(0, random(20));
    const tail = Array.from({ length: random(30) }, () => PIECES[random(PIECES.length)]);
    const text = [...head, ...tail].join(random(4) === 0 ? '' : ' ');
    for (const read of [readModelStatement, auroraFunction, splitStatements, withReadableEntries]) {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        expect(error.position).toBeGreaterThan(0);
        expect(error.position).toBeLessThanOrEqual([...text].length + 1);
      }
    }
  }
});

it.each([
  '(',
  '((a',
  "'a'",
  '"a".',
  ',a.b[',
  ', a.b.c AS d AT e',
  '/*',
  '/* */',
  '$a$',
  '\\',
  '😀',
  ';',
  "K '1',",
  '(int,',
  "E'\\\\'",
  '- ',
])('takes linear time for a long text of %j', (piece) => {
  const many = piece.repeat(100_000 / piece.length);
  const heads = [
    'CREATE MODEL m FROM ',
    'GRANT EXECUTE ON MODEL ',
    'SELECT 1 FROM a',
    'EXPLAIN (',
    'CREATE FUNCTION f( alias aws_',
  ];
  const began = performance.now();
  for (const head of heads) {
    for (const read of [readModelStatement, auroraFunction, splitStatements, withReadableEntries]) {
      try {
        read(head + many);
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
      }
    }
  }
  // Were it quadratic, it would take minutes.
  expect(performance.now() - began).toBeLessThan(20_000);
});
