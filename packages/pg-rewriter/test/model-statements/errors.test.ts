import { readModelStatement, StatementError } from 'pg-rewriter';
import { expect, it } from 'vitest';

/** In a wrong statement, the place of the error stands between `«` and the rest. */
function errorOf(marked: string): { error: StatementError; expected: number } {
  const expected = [...marked.slice(0, marked.indexOf('«'))].length + 1;
  try {
    readModelStatement(marked.replace('«', ''));
  } catch (error) {
    if (error instanceof StatementError) return { error, expected };
    throw error;
  }
  throw new Error('an error expected');
}

const SETTINGS = "SETTINGS (S3_BUCKET 'abc')";
const HEAD = 'CREATE MODEL m FROM t TARGET y FUNCTION f IAM_ROLE default';
const KMEANS = 'CREATE MODEL m FROM t FUNCTION f IAM_ROLE default AUTO OFF MODEL_TYPE KMEANS';
const REMOTE = 'CREATE MODEL m FUNCTION f(int) RETURNS int';
const EXTERNAL = 'CREATE EXTERNAL MODEL m FUNCTION f IAM_ROLE default MODEL_TYPE BEDROCK SETTINGS';

it.each([
  // What is missing.
  ['CREATE MODEL «', /end of input/, /name of the model/],
  ['CREATE MODEL «;', /near ";"/, /name of the model/],
  ['CREATE MODEL m «', /needs FROM/, /table, or a query/],
  [`CREATE MODEL m FROM t TARGET y IAM_ROLE default ${SETTINGS}«`, /needs FUNCTION/, /FUNCTION <name>/],
  [`CREATE MODEL m FROM t FUNCTION f IAM_ROLE default ${SETTINGS}«`, /needs TARGET/, /TARGET <column>/],
  [`CREATE MODEL m FROM t TARGET y FUNCTION f ${SETTINGS}«`, /needs IAM_ROLE/, /IAM_ROLE default/],
  [`${HEAD}«`, /needs SETTINGS/, /S3_BUCKET/],
  [`${HEAD} SETTINGS «(MAX_CELLS 5)`, /needs S3_BUCKET/, /bucket/],
  // Unknown words.
  [`${HEAD} «SETINGS (S3_BUCKET 'abc')`, /near "SETINGS"/, /mean SETTINGS/],
  [`${HEAD} «OBJECTIV 'F1' ${SETTINGS}`, /near "OBJECTIV"/, /mean OBJECTIVE/],
  [`${HEAD} «RETURN ${SETTINGS}`, /near "RETURN"/, /mean RETURNS/],
  [`${HEAD} «'F1' ${SETTINGS}`, /near "'…'"/, /Known here/],
  [`${HEAD} PROBLEM_TYPE «BINARY ${SETTINGS}`, /near "BINARY"/, /BINARY_CLASSIFICATION/],
  [`${HEAD} AUTO «MAYBE ${SETTINGS}`, /near "MAYBE"/, /ON, OFF/],
  [`${HEAD} MODEL_TYPE «XGBOST ${SETTINGS}`, /near "XGBOST"/, /mean XGBOOST/],
  [`${HEAD} MODEL_TYPE «BEDROCK ${SETTINGS}`, /near "BEDROCK"/, /CREATE EXTERNAL MODEL/],
  [`${HEAD} OBJECTIVE «'F2' ${SETTINGS}`, /OBJECTIVE is unknown/, /mean 'F1'/],
  [`${HEAD} OBJECTIVE «'binary:logistic' ${SETTINGS}`, /OBJECTIVE is unknown/, /AUTO OFF with MODEL_TYPE XGBOOST/],
  [`${HEAD} AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE «'F1' ${SETTINGS}`, /OBJECTIVE is unknown/, /AUTO ON/],
  [`${HEAD} AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE «'rank:ndcg' ${SETTINGS}`, /ranking/, /binary:logistic/],
  [`${HEAD} OBJECTIVE «F1 ${SETTINGS}`, /near "F1"/, /single quotes/],
  [`${HEAD} PREPROCESSORS «'nothing' ${SETTINGS}`, /no JSON/, /'none'/],
  [`${HEAD} PREPROCESSORS «'{}' ${SETTINGS}`, /list of steps/, /ColumnSet/],
  [`${HEAD} PREPROCESSORS «'[{"ColumnSet":["a"]}]' ${SETTINGS}`, /needs ColumnSet and Transformers/, /ColumnSet/],
  [`${HEAD} PREPROCESSORS «'[{"Columns":["a"],"Transformers":["PCA"]}]' ${SETTINGS}`, /unknown member/, /ColumnSet/],
  [
    `${HEAD} PREPROCESSORS «'[{"ColumnSet":["a"],"Transformers":["OneHot"]}]' ${SETTINGS}`,
    /unknown transformer/,
    /Known here: OneHotEncoder/,
  ],
  [
    `${HEAD} PREPROCESSORS «'[{"ColumnSet":["a"],"Transformers":["Imputr"]}]' ${SETTINGS}`,
    /unknown transformer/,
    /mean Imputer/,
  ],
  [`${HEAD} SETTINGS («S3_BUKET 'abc')`, /unrecognized setting "S3_BUKET"/, /mean S3_BUCKET/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', «MODEL_ID 'i')`, /MODEL_ID makes no sense/, /CREATE EXTERNAL MODEL/],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST HYPERPARAMETERS DEFAULT EXCEPT («max_dept '6') ${SETTINGS}`,
    /no hyperparameter "max_dept"/,
    /mean max_depth/,
  ],
  [`${KMEANS} HYPERPARAMETERS DEFAULT EXCEPT (k '5', «feature_dim '5') ${SETTINGS}`, /feature_dim/, /counted/],
  // Twice.
  [`${HEAD} «TARGET z ${SETTINGS}`, /TARGET is given twice/, /Leave one/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', «S3_BUCKET 'abc')`, /S3_BUCKET is given twice/, /Leave one/],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST HYPERPARAMETERS DEFAULT EXCEPT (eta '.2', «ETA '.3') ${SETTINGS}`,
    /"eta" is given twice/,
    /Leave one/,
  ],
  // What doesn't go together.
  [`${HEAD} PROBLEM_TYPE REGRESSION OBJECTIVE «'F1' ${SETTINGS}`, /'F1' is none of PROBLEM_TYPE REGRESSION/, /'MSE'/],
  [`${HEAD} «AUTO OFF ${SETTINGS}`, /AUTO OFF needs MODEL_TYPE/, /MODEL_TYPE XGBOOST/],
  [`${HEAD} HYPERPARAMETERS DEFAULT EXCEPT («eta '.2') ${SETTINGS}`, /with AUTO ON/, /AUTO OFF/],
  [`${HEAD} AUTO OFF MODEL_TYPE XGBOOST «PROBLEM_TYPE REGRESSION ${SETTINGS}`, /needs OBJECTIVE/, /reg:squarederror/],
  [
    `${HEAD} AUTO OFF «MODEL_TYPE XGBOOST OBJECTIVE 'multi:softmax' ${SETTINGS}`,
    /needs the hyperparameter num_class/,
    /num_class/,
  ],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST «HYPERPARAMETERS DEFAULT EXCEPT (num_class '3') ${SETTINGS}`,
    /multi:softmax/,
    /Leave it out/,
  ],
  [
    `${HEAD} AUTO OFF MODEL_TYPE MLP PREPROCESSORS «'[{"ColumnSet":["a"],"Transformers":["PCA"]}]' ${SETTINGS}`,
    /as they are/,
    /'none'/,
  ],
  [
    `${HEAD.replace('TARGET y', '«TARGET y')} AUTO OFF MODEL_TYPE KMEANS ${SETTINGS}`,
    /KMEANS has no TARGET/,
    /nothing to predict/,
  ],
  [`${KMEANS} «OBJECTIVE 'MSE' ${SETTINGS}`, /KMEANS has no OBJECTIVE/, /nothing to predict/],
  [`${KMEANS.replace('AUTO OFF MODEL_TYPE', '«MODEL_TYPE')} ${SETTINGS}`, /KMEANS needs AUTO OFF/, /AUTO OFF/],
  [`${KMEANS} «HYPERPARAMETERS DEFAULT ${SETTINGS}`, /number of groups/, /K '5'/],
  [
    `${KMEANS} PREPROCESSORS «'[{"ColumnSet":["*"],"Transformers":["PCA"]}]' HYPERPARAMETERS DEFAULT EXCEPT (k '3') ${SETTINGS}`,
    /no transformer PCA/,
    /StandardScaler/,
  ],
  [
    `CREATE MODEL m FROM t TARGET y FUNCTION f («int) IAM_ROLE default ${SETTINGS}`,
    /arguments of FUNCTION are the columns/,
    /brought along/,
  ],
  [`${HEAD} «RETURNS int ${SETTINGS}`, /type is that of TARGET/, /brought along/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', MAX_BATCH_ROWS «5)`, /setting of SAGEMAKER/, /Leave it out/],
  // Out of range.
  [`${HEAD} SETTINGS (S3_BUCKET «'s3://abc')`, /not the name of a bucket/, /without s3:/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', MAX_CELLS «0)`, /MAX_CELLS must be a whole number/, /digits/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', MAX_RUNTIME «-5)`, /MAX_RUNTIME must be/, /digits/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', MAX_RUNTIME «'an hour')`, /MAX_RUNTIME must be/, /digits/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', S3_GARBAGE_COLLECT «YES)`, /must be ON or OFF/, /ON, OFF/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', TAGS «'=a')`, /no list of tags/, /key=value/],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', TAGS «'a=b,a=c')`, /key twice/, /key=value/],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST HYPERPARAMETERS DEFAULT EXCEPT (max_depth «'11') ${SETTINGS}`,
    /whole number from 0 to 10/,
    undefined,
  ],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST HYPERPARAMETERS DEFAULT EXCEPT (max_depth «'1.5') ${SETTINGS}`,
    /whole number from 0 to 10/,
    undefined,
  ],
  [
    `${HEAD} AUTO OFF MODEL_TYPE XGBOOST HYPERPARAMETERS DEFAULT EXCEPT (eta «'fast') ${SETTINGS}`,
    /number from 0.1 to 0.5/,
    undefined,
  ],
  [`CREATE MODEL m FROM t TARGET y FUNCTION f IAM_ROLE «'role' ${SETTINGS}`, /not the ARN/, /arn:aws:iam/],
  // FORECAST is refused with its reason.
  [
    `${HEAD} MODEL_TYPE «FORECAST OBJECTIVE 'RMSE' SETTINGS (S3_BUCKET 'abc', HORIZON 5)`,
    /FORECAST is not supported/,
    /closed to new customers/,
  ],
  [`${HEAD} SETTINGS (S3_BUCKET 'abc', «HORIZON 5)`, /FORECAST/, /closed to new customers/],
  // Queries and tables.
  [`CREATE MODEL m FROM «SELECT 1`, /near "SELECT"/, /parentheses/],
  [`CREATE MODEL m FROM (SELECT (1)«`, /end of input/, /"\)"/],
  [`CREATE MODEL m FROM «() TARGET y`, /near "\)"/, /query/],
  [`CREATE MODEL m FROM (SELECT «'a)`, /unterminated quoted string/, undefined],
  [`CREATE MODEL m «/* FROM`, /unterminated \/\* comment/, undefined],
  [`CREATE MODEL «IF NOT EXISTS m`, /near "IF"/, /DROP MODEL IF EXISTS/],
  [`CREATE «OR REPLACE MODEL m`, /near "OR"/, /DROP MODEL IF EXISTS/],
  // Models that are brought along.
  [
    `CREATE MODEL m «FROM t FUNCTION f(int) RETURNS int SAGEMAKER 'e' IAM_ROLE default`,
    /FROM has no rows/,
    /Leave FROM/,
  ],
  [`${REMOTE} SAGEMAKER 'e' IAM_ROLE default «TARGET y`, /not trained/, /Leave TARGET/],
  [`${REMOTE} SAGEMAKER 'e' IAM_ROLE default SETTINGS (S3_BUCKET «'abc')`, /setting of training/, /MAX_BATCH_ROWS/],
  [`CREATE MODEL m «FUNCTION f RETURNS int SAGEMAKER 'e' IAM_ROLE default`, /types of its arguments/, /RETURNS <type>/],
  [`CREATE MODEL m FUNCTION f(int) SAGEMAKER 'e' IAM_ROLE default«`, /needs RETURNS/, /RETURNS <type>/],
  [`CREATE MODEL m FUNCTION f(a «int) RETURNS int SAGEMAKER 'e' IAM_ROLE default`, /near "int"/, /types only/],
  [
    `${REMOTE.replace(/int/g, 'super').replace('RETURNS ', 'RETURNS «')} SAGEMAKER 'e' IAM_ROLE default`,
    /needs MAX_BATCH_ROWS/,
    /MAX_BATCH_ROWS/,
  ],
  [`${REMOTE} SAGEMAKER «e IAM_ROLE default`, /near "e"/, /single quotes/],
  // External models.
  [`${EXTERNAL} «(PROMPT 'a')`, /needs MODEL_ID/, /MODEL_ID/],
  [`${EXTERNAL} (MODEL_ID 'i', REQUEST_TYPE «RAW)`, /RAW needs RESPONSE_TYPE SUPER/, /RESPONSE_TYPE SUPER/],
  [
    `${EXTERNAL} (MODEL_ID 'i', REQUEST_TYPE RAW, RESPONSE_TYPE SUPER, SUFFIX «'a')`,
    /SUFFIX is a setting of REQUEST_TYPE UNIFIED/,
    /argument/,
  ],
  [`${EXTERNAL} (MODEL_ID 'i', REQUEST_TYPE «COOKED)`, /must be RAW or UNIFIED/, /RAW/],
  [`${EXTERNAL} (MODEL_ID 'i', «S3_BUCKET 'abc')`, /S3_BUCKET makes no sense/, /no data/],
  [`CREATE EXTERNAL MODEL m FUNCTION f IAM_ROLE default MODEL_TYPE «XGBOOST`, /near "XGBOOST"/, /BEDROCK/],
  [`CREATE EXTERNAL MODEL m FUNCTION f «(text) IAM_ROLE default`, /near "\("/, /leave them out/],
  [`CREATE EXTERNAL MODEL m «FROM t`, /near "FROM"/, /Known here/],
  // The other statements.
  ['SHOW MODEL m «n', /near "n"/, undefined],
  ['SHOW MODEL m; «SHOW MODEL n', /near "SHOW"/, undefined],
  ['DROP MODEL IF EXISTS «', /end of input/, /name of a model/],
  ['DROP MODEL m«, n', /near ","/, /one model/],
  ['DROP MODEL m «CASCADE', /near "CASCADE"/, /dropped first/],
  ['GRANT «SELECT ON MODEL m TO u', /near "SELECT"/, /EXECUTE/],
  ['GRANT «EXECUTE, ALL ON MODEL m TO u', /one privilege/, /EXECUTE/],
  ['GRANT EXECUTE ON MODEL m «FROM u', /near "FROM"/, /Expected TO/],
  ['GRANT CREATE MODEL TO GROUP g «WITH GRANT OPTION', /only a user/, /Leave it out/],
  ['REVOKE CREATE MODEL FROM u «CASCADE', /near "CASCADE"/, /RESTRICT/],
  ['REVOKE CREATE MODEL FROM u «WITH GRANT OPTION', /near "WITH"/, /GRANT OPTION FOR/],
  [`EXPLAIN «ANALYZE ${HEAD} ${SETTINGS}`, /EXPLAIN ANALYZE/, /train the model/],
  [`EXPLAIN (COSTS off, «ANALYZE) ${HEAD} ${SETTINGS}`, /EXPLAIN ANALYZE/, /train the model/],
] as const)('refuses %s', (marked, message, hint) => {
  const { error, expected } = errorOf(marked);
  expect(error.message).toMatch(message);
  expect(error.position).toBe(expected);
  if (hint === undefined) expect(error.hint).toBeUndefined();
  else expect(error.hint).toMatch(hint);
  expect(error.code).toMatch(/^(?:42601|22023|0A000)$/);
});

it('shows no string that a statement holds', () => {
  const { error } = errorOf(`${HEAD} «'secret' ${SETTINGS}`);
  expect(JSON.stringify([error.message, error.hint])).not.toContain('secret');
});
