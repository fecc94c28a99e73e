import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsMlError } from '../src/errors.js';
import { createServices } from '../src/functions/create-services.js';
import type { MlFunctionName } from '../src/ml-functions.js';
import type { MlService, MlTarget } from '../src/ml-service.js';
import type { FailedAttempt, RequestReport } from '../src/observer.js';
import { reportsTo } from './reports.js';
import { awsError, credentials, type WireAnswer, type WireRequest, WireServer } from './wire-server.js';

export interface ServiceCase {
  readonly function: MlFunctionName;
  readonly target: MlTarget;
  /** Different inputs, as many as a request shall carry; they hold the word SECRET. */
  readonly inputs: readonly string[];
  /** The service's answer to a request with these inputs. */
  readonly answer: (request: WireRequest) => WireAnswer;
  readonly results: readonly (readonly (string | null)[])[];
  /** False where any answer is a result. */
  readonly checksAnswer: boolean;
}

/** What every adapter keeps: as many outcomes as inputs, in order; errors that are typed and hold no customer text. */
export function describeService(serviceCase: ServiceCase): void {
  describe(`${serviceCase.function} as an MlService`, () => {
    const server = new WireServer();
    let service: MlService;
    const { target, inputs, answer, results } = serviceCase;
    const failAll = (error: unknown) => inputs.map(() => error);

    beforeAll(async () => {
      await server.start();
      const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
      service = createServices({ region: 'us-east-1', credentials, endpoints, maxAttempts: 2 })[serviceCase.function];
    });
    afterAll(async () => {
      service.close();
      await server.close();
    });

    const invoke = async (signal?: AbortSignal) => {
      const reports: RequestReport[] = [];
      const retries: FailedAttempt[] = [];
      const outcomes = await service.invokeBatch(inputs, {
        target,
        signal,
        observer: reportsTo(reports, retries),
      });
      return { outcomes, reports, retries };
    };
    const errorOf = (outcomes: readonly unknown[]): AwsMlError => {
      expect(outcomes).toHaveLength(inputs.length);
      for (const outcome of outcomes) expect(outcome).toBeInstanceOf(AwsMlError);
      return outcomes[0] as AwsMlError;
    };
    const firstThen = (first: WireAnswer) => (request: WireRequest) => (request.number === 1 ? first : answer(request));

    it('gives an outcome for each input, in order, by one request', async () => {
      server.script(answer);
      const { outcomes, reports } = await invoke();
      expect(outcomes).toEqual(results);
      expect(server.requests).toHaveLength(1);
      expect(reports).toMatchObject([{ attempts: 1, throttles: 0, resend: false }]);
    });

    it('reports who was asked for what, and what came of it', async () => {
      server.script(answer);
      const { reports } = await invoke();
      const { hostname, port } = new URL(server.url);
      expect(reports).toEqual([
        {
          function: serviceCase.function,
          operation: expect.stringMatching(/^[A-Z][A-Za-z]+$/),
          target: target.name,
          inputs: inputs.length,
          bytes: Buffer.byteLength(server.requests[0]?.body ?? ''),
          resend: false,
          attempts: 1,
          throttles: 0,
          durationMs: expect.any(Number),
          errorCode: undefined,
          awsErrorCode: undefined,
          httpStatus: 200,
          requestId: 'request-1',
          region: 'us-east-1',
          server: { address: hostname, port: Number(port) },
        },
      ]);
    });

    it('signs the request with the given credentials', async () => {
      server.script(answer);
      await invoke();
      expect(server.requests[0]?.headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\//,
      );
    });

    it('tries again after throttling, and reports it', async () => {
      server.script(firstThen(awsError(429, 'ThrottlingException', 'Rate exceeded')));
      const { outcomes, reports, retries } = await invoke();
      expect(outcomes).toEqual(results);
      expect(reports).toMatchObject([{ attempts: 2, throttles: 1 }]);
      expect(retries).toEqual([{ code: 'THROTTLED', attempts: 1 }]);
    });

    it('gives up on lasting throttling with a retryable error', async () => {
      server.script(() => awsError(400, 'ThrottlingException', 'Rate exceeded'));
      const { outcomes, reports } = await invoke();
      expect(errorOf(outcomes)).toMatchObject({ code: 'THROTTLED', sqlState: '38000', retryable: true, attempts: 2 });
      expect(reports).toMatchObject([{ attempts: 2, throttles: 2 }]);
    });

    it.each<[string, WireAnswer]>([
      ['an internal error', awsError(500, 'InternalServerException', 'Internal server error')],
      ['a broken connection', { cut: 'before' }],
    ])('tries again after %s', async (_, first) => {
      server.script(firstThen(first));
      expect((await invoke()).outcomes).toEqual(results);
      expect(server.requests).toHaveLength(2);
    });

    it('takes an answer that ends early for no answer', async () => {
      server.script((request) => (request.number === 1 ? { ...answer(request), cut: 'within' } : answer(request)));
      expect((await invoke()).outcomes).toEqual(results);
      expect(server.requests).toHaveLength(2);
    });

    it('gives every input the error of its request, with function, target, AWS code and request id', async () => {
      server.script(() =>
        awsError(
          403,
          'AccessDeniedException',
          'User: arn:aws:iam::123456789012:user/dev is not authorized to perform: x:Act because',
        ),
      );
      const error = errorOf((await invoke()).outcomes);
      expect(error).toMatchObject({
        code: 'ACCESS_DENIED',
        sqlState: '38000',
        function: serviceCase.function,
        target: target.name,
        awsErrorCode: 'AccessDeniedException',
        requestId: 'request-1',
        httpStatus: 403,
        retryable: false,
      });
      expect(error.message).toContain(serviceCase.function);
      expect(error.message).toContain(target.name);
      expect(error.detail).toBe(
        'arn:aws:iam::123456789012:user/dev is not authorized to perform x:Act. AWS error AccessDeniedException, HTTP status 403, request id request-1.',
      );
      expect(error.hint).toMatch(/^Allow /);
    });

    it('never repeats what AWS quotes of the input', async () => {
      server.script((request) => awsError(400, 'ValidationException', `Malformed input: ${request.body}`));
      const error = errorOf((await invoke()).outcomes);
      expect(server.requests[0]?.body).toContain('SECRET');
      expect(error.code).toBe('INVALID_INPUT');
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('SECRET');
    });

    it('never repeats what a peer that is not AWS puts into names and ids', async () => {
      server.script(() => ({ ...awsError(400, 'SECRET text', 'x'), headers: { 'x-amzn-requestid': 'SECRET text' } }));
      expect(inspect(errorOf((await invoke()).outcomes), { depth: null })).not.toContain('SECRET');
    });

    it.skipIf(!serviceCase.checksAnswer)('reports an answer that it cannot read', async () => {
      server.script(() => ({ body: '<html>\n"oops SECRET', headers: { 'content-type': 'text/html' } }));
      const error = errorOf((await invoke()).outcomes);
      expect(error).toMatchObject({ code: 'INVALID_RESPONSE', sqlState: '38000', requestId: 'request-1' });
      expect(inspect(error, { depth: null })).not.toContain('SECRET');
    });

    it('aborts the request in flight', async () => {
      server.script((request) => ({ ...answer(request), delayMs: 5_000 }));
      const controller = new AbortController();
      const invoked = invoke(controller.signal);
      await expect.poll(() => server.inFlight).toBe(1);
      const started = performance.now();
      controller.abort();
      expect(errorOf((await invoked).outcomes)).toMatchObject({ code: 'ABORTED', sqlState: '57014' });
      expect(performance.now() - started).toBeLessThan(100);
      await expect.poll(() => server.abandoned).toBe(1);
    });

    it('aborts in the middle of an answer', async () => {
      server.script((request) => ({ ...answer(request), stall: true }));
      const controller = new AbortController();
      const invoked = invoke(controller.signal);
      await expect.poll(() => server.inFlight).toBe(1);
      await sleep(20);
      controller.abort();
      expect(errorOf((await invoked).outcomes)).toMatchObject({ code: 'ABORTED', attempts: 1 });
      expect(server.requests).toHaveLength(1);
    });

    it('sends nothing once aborted', async () => {
      server.script(answer);
      expect(errorOf((await invoke(AbortSignal.abort())).outcomes).code).toBe('ABORTED');
      expect(server.requests).toHaveLength(0);
    });

    it('reports a service that cannot be reached', async () => {
      const endpoint = 'http://127.0.0.1:9';
      const endpoints = { comprehend: endpoint, sagemaker: endpoint, bedrock: endpoint };
      const unreachable = createServices({ region: 'us-east-1', credentials, endpoints, maxAttempts: 1 })[
        serviceCase.function
      ];
      const outcomes = await unreachable.invokeBatch(inputs, { target });
      expect(errorOf(outcomes)).toMatchObject({ code: 'NETWORK', awsErrorCode: 'ECONNREFUSED', retryable: true });
      unreachable.close();
    });

    it('reports missing credentials before it sends anything', async () => {
      server.script(answer);
      const endpoints = { comprehend: server.url, sagemaker: server.url, bedrock: server.url };
      const nobody = () => Promise.reject(Object.assign(new Error('no SECRET'), { name: 'CredentialsProviderError' }));
      const anonymous = createServices({ region: 'us-east-1', credentials: nobody, endpoints })[serviceCase.function];
      const reports: RequestReport[] = [];
      const outcomes = await anonymous.invokeBatch(inputs, { target, observer: reportsTo(reports) });
      expect(outcomes).toEqual(failAll(expect.objectContaining({ code: 'CREDENTIALS' })));
      expect(server.requests).toHaveLength(0);
      expect(reports).toMatchObject([{ attempts: 0, errorCode: 'CREDENTIALS' }]);
      anonymous.close();
    });

    it('rejects misuse with a TypeError that says what it got', async () => {
      server.script(answer);
      const misuse = (wrong: unknown) => service.invokeBatch(wrong as string[], { target });
      await expect(misuse('text')).rejects.toThrow(/inputs must be an array, but got string$/);
      await expect(misuse([])).rejects.toThrow(/inputs must not be empty$/);
      await expect(misuse([null])).rejects.toThrow(/an input must be a string, but got object$/);
      await expect(service.invokeBatch(inputs, { target: { name: '', arguments: [] } })).rejects.toThrow(
        /the target must have \d arguments?, but got 0$/,
      );
      if (Number.isFinite(service.maxInputsPerRequest)) {
        const tooMany = new Array<string>(service.maxInputsPerRequest + 1).fill('x');
        await expect(misuse(tooMany)).rejects.toThrow(/at most \d+ inputs a request, but got \d+$/);
      }
      expect(server.requests).toHaveLength(0);
    });
  });
}
