import { attemptsOf } from './attempt-observer.js';
import type { HttpAgent, HttpAnswer, HttpQuestion } from './http-agent.js';
import type { SdkClient, SdkCommand } from './sdk-command.js';
import { prepareOperation, type SignedOperation } from './signed-operation.js';

/** A request of the SDK, and how to write its body and read its answer without the SDK's help. */
export interface Operation<Output extends object> {
  /** Equal where requests differ in their body alone. */
  readonly key: string;
  /** The command's input; attempts are counted under it. */
  readonly input: object;
  /** A new command over the input. */
  command(): object;
  readonly body: Uint8Array;
  /** The output that the SDK would give for a successful answer; throws where the answer isn't as expected. */
  read(answer: HttpAnswer): Output;
}

export interface Metadata {
  readonly $metadata: { readonly requestId?: string | undefined; readonly httpStatusCode?: number | undefined };
}

const operationsKept = 256;

/**
 * Sends the requests of one SDK client. The SDK finds endpoint and credentials, signs, retries, and reads errors; it is
 * spared where all goes well: with its own middleware it spends two thirds of a request's CPU.
 */
export class SdkSender {
  readonly #client: SdkClient;
  /** Undefined for a client that is not ours: whatever its owner has set up is to happen in every request. */
  readonly #agent: HttpAgent | undefined;
  readonly #operations = new Map<string, Promise<SignedOperation | undefined>>();
  #region: Promise<string | undefined> | undefined;

  constructor(client: SdkClient, agent: HttpAgent | undefined) {
    this.#client = client;
    this.#agent = agent;
  }

  /** The region that the SDK has found, if any: some endpoints need none. */
  region(): Promise<string | undefined> {
    this.#region ??= regionOf(this.#client);
    return this.#region;
  }

  async send<Output extends object>(
    operation: Operation<Output>,
    options: { abortSignal?: AbortSignal },
  ): Promise<Output & Metadata> {
    const signed = this.#agent === undefined ? undefined : await this.#signed(operation);
    const command = () => operation.command() as SdkCommand;
    if (signed === undefined) return (await this.#client.send(command(), options)) as Output & Metadata;
    attemptsOf(operation.input).server = signed.server;
    const outcome = await this.#attempt(await signed.question(operation.body), options.abortSignal);
    if (outcome.answer !== undefined && outcome.answer.statusCode < 300) {
      const output = outputOf(operation, outcome.answer);
      if (output !== undefined) {
        attemptsOf(operation.input).attempts += 1;
        return output;
      }
    }
    if (options.abortSignal?.aborted && outcome.answer === undefined) {
      attemptsOf(operation.input).attempts += 1;
      throw outcome.error;
    }
    return (await this.#continue(command(), outcome, options)) as Output & Metadata;
  }

  async #attempt(question: HttpQuestion, signal: AbortSignal | undefined): Promise<FirstOutcome> {
    try {
      return { answer: await (this.#agent as HttpAgent).send(question, signal) };
    } catch (error) {
      return { error };
    }
  }

  /** Lets the SDK take the outcome of the first attempt for its own: it reads the error, and retries as it always does. */
  #continue(command: SdkCommand, outcome: FirstOutcome, options: { abortSignal?: AbortSignal }): Promise<object> {
    let first = true;
    command.middlewareStack.add(
      (next) => async (args) => {
        if (!first) return next(args);
        first = false;
        if (outcome.answer === undefined) throw outcome.error;
        return { response: outcome.answer };
      },
      { step: 'deserialize', priority: 'low', name: 'awsMlFirstAttempt', override: true },
    );
    return this.#client.send(command, options);
  }

  /** Several statements may ask at once, before the first is prepared. */
  #signed(operation: Operation<object>): Promise<SignedOperation | undefined> {
    let signed = this.#operations.get(operation.key);
    if (signed === undefined) {
      signed = prepareOperation(this.#client, operation.command() as SdkCommand);
      signed.catch(() => this.#operations.delete(operation.key));
      // Targets may come from rows: their number must not grow without bound.
      if (this.#operations.size >= operationsKept) this.#operations.clear();
      this.#operations.set(operation.key, signed);
    }
    return signed;
  }
}

async function regionOf({ config }: Partial<SdkClient>): Promise<string | undefined> {
  // Where it is missing and needed, the request fails with the SDK's own error.
  return config?.region?.().catch(() => undefined);
}

type FirstOutcome =
  | { readonly answer: HttpAnswer; readonly error?: never }
  | { readonly error: unknown; readonly answer?: never };

/** Undefined where the answer is not as expected: the SDK may make something of it, or knows the error. */
function outputOf<Output extends object>(
  operation: Operation<Output>,
  answer: HttpAnswer,
): (Output & Metadata) | undefined {
  try {
    return {
      ...operation.read(answer),
      $metadata: { requestId: requestIdOf(answer), httpStatusCode: answer.statusCode },
    };
  } catch {
    return undefined;
  }
}

function requestIdOf({ headers }: HttpAnswer): string | undefined {
  return headers['x-amzn-requestid'] ?? headers['x-amzn-request-id'] ?? headers['x-amz-request-id'];
}
