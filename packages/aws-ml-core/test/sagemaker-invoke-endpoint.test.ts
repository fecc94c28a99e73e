import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { serviceFixture } from './service-fixture.js';
import { awsError, type WireRequest } from './wire-server.js';

const name = 'aws_sagemaker.invoke_endpoint';
const { server, invoke, refuse } = serviceFixture();

const rowsOf = (request: WireRequest) => request.body.split('\n');
const echo = (request: WireRequest) => ({ headers: { 'content-type': 'text/csv' }, body: request.body });

describe('invoke_endpoint', () => {
  it('sends CSV, a row for each input, NULL as an empty field', async () => {
    server.script(() => ({ body: '1\n2\n3\n4' }));
    const { outcomes } = await invoke(name, [
      ['my-endpoint', '1', null, 'a,b'],
      ['my-endpoint', null, null, 'say "x"'],
      ['my-endpoint', null],
      ['my-endpoint'],
    ]);
    expect(outcomes).toEqual([['1'], ['2'], ['3'], ['4']]);
    expect(server.requests).toMatchObject([
      {
        operation: 'InvokeEndpoint',
        target: 'my-endpoint',
        headers: { 'content-type': 'text/csv', accept: 'text/csv' },
        body: '1,,"a,b"\n,,"say ""x"""\n""\n""',
      },
    ]);
  });

  it('sends a single empty row as a row', async () => {
    server.script(() => ({ body: '1' }));
    expect((await invoke(name, [['my-endpoint', null]])).outcomes).toEqual([['1']]);
    expect(server.requests[0]?.body).toBe('""');
  });

  it('reads JSON where the endpoint answers in JSON', async () => {
    server.script(() => ({
      headers: { 'content-type': 'application/json' },
      body: '{"predictions":[{"score":0.5},{"score":0.25}]}',
    }));
    expect(
      (
        await invoke(name, [
          ['e', '1'],
          ['e', '2'],
        ])
      ).outcomes,
    ).toEqual([['0.5'], ['0.25']]);
  });

  it('fails the batch where the number of rows is wrong', async () => {
    server.script(() => ({ body: '1\n2\n' }));
    const { outcomes } = await invoke(name, [
      ['e', '1'],
      ['e', '2'],
      ['e', '3'],
    ]);
    const wrong = { code: 'INVALID_RESPONSE', sqlState: '38000', requestId: 'request-1' };
    expect(outcomes).toMatchObject([wrong, wrong, wrong]);
    expect(outcomes[0]).toMatchObject({ detail: '3 rows were sent and 2 came back. request id request-1.' });
  });

  const bodyTooLong = awsError(
    400,
    'ValidationError',
    "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 20",
  );
  const containerTooLong = awsError(424, 'ModelError', 'too large', { OriginalStatusCode: 413 });

  it.each([
    ['the service', bodyTooLong],
    ['the container', containerTooLong],
    ['a proxy', { status: 413 }],
  ])('halves a batch that %s finds too large', async (_, refusal) => {
    server.script((request) => (rowsOf(request).length > 2 ? refusal : echo(request)));
    const calls = ['1', '2', '3', '4', '5'].map((value) => ['e', value]);
    expect((await invoke(name, calls)).outcomes).toEqual([['1'], ['2'], ['3'], ['4'], ['5']]);
    expect(server.requests.map((request) => rowsOf(request).length).sort()).toEqual([1, 2, 2, 3, 5]);
  });

  it('fails only the row that is too large on its own', async () => {
    server.script((request) => (request.body.includes('huge') ? bodyTooLong : echo(request)));
    const { outcomes } = await invoke(name, [
      ['e', '1'],
      ['e', 'huge'],
      ['e', '3'],
      ['e', '4'],
    ]);
    expect(outcomes).toMatchObject([['1'], { code: 'PAYLOAD_TOO_LARGE' }, ['3'], ['4']]);
  });

  it('refuses a row over 6 MB without a request', () => {
    const limit = 6 * 1024 * 1024;
    expect(refuse(name, ['e', 'x'.repeat(limit)])).toBeUndefined();
    expect(refuse(name, ['e', 'x'.repeat(limit - 1), null])).toBeUndefined();
    expect(refuse(name, ['e', 'x'.repeat(limit), null])).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      sqlState: '38000',
      detail: 'model_input has 6291457 bytes as CSV; a request can carry 6291456.',
    });
  });

  it("reports a container's error with its status and log, without its message", async () => {
    const logArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/e';
    server.script((request) =>
      awsError(424, 'ModelError', `cannot parse ${request.body}`, {
        OriginalStatusCode: 415,
        OriginalMessage: request.body,
        LogStreamArn: logArn,
      }),
    );
    const [error] = (await invoke(name, [['e', 'SECRET']])).outcomes;
    expect(error).toMatchObject({ code: 'MODEL_ERROR', awsErrorCode: 'ModelError', httpStatus: 424, retryable: false });
    expect((error as { detail?: string }).detail).toContain(`The container answered HTTP status 415, log ${logArn}.`);
    expect(inspect(error, { depth: null })).not.toContain('SECRET');
    expect(server.requests).toHaveLength(1);
  });

  it('reports an endpoint that is not there', async () => {
    server.script(() => awsError(400, 'ValidationError', 'Endpoint no-such of account 123456789012 not found.'));
    expect((await invoke(name, [['no-such', '1']])).outcomes).toMatchObject([
      { code: 'ENDPOINT_NOT_FOUND', target: 'no-such', message: `${name}: Amazon SageMaker has no endpoint "no-such"` },
    ]);
  });
});
