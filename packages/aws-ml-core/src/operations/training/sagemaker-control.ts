import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { AddressOptions } from '../../options/connection-options.js';
import { TrainingError, trainingError } from './training-error.js';

export type ControlModule = typeof import('#sdk/training');

/** A request under way may hang as long as this. */
const REQUEST_MS = 60_000;

/** The client of SageMaker's control plane: an optional package, loaded and made when first needed. */
export class SageMakerControl {
  readonly #options: AddressOptions;
  #opening: Promise<{ readonly sdk: ControlModule; readonly client: SageMakerClient }> | undefined;

  constructor(options: AddressOptions) {
    this.#options = options;
  }

  /** @throws what the SDK throws; `TrainingError` where it is not installed */
  async send<Output extends object>(
    command: (sdk: ControlModule) => object,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    this.#opening ??= this.#open();
    this.#opening.catch(() => {
      this.#opening = undefined;
    });
    const { sdk, client } = await this.#opening;
    const signals = [AbortSignal.timeout(REQUEST_MS), ...(signal === undefined ? [] : [signal])];
    return (await client.send(command(sdk) as never, { abortSignal: AbortSignal.any(signals) })) as Output;
  }

  async region(): Promise<string> {
    this.#opening ??= this.#open();
    const { client } = await this.#opening;
    try {
      return await client.config.region();
    } catch (error) {
      throw trainingError('requests', error);
    }
  }

  close(): void {
    this.#opening?.then(({ client }) => client.destroy()).catch(() => {});
  }

  async #open() {
    const sdk = await load();
    const { region, credentials, endpoints } = this.#options;
    const client = new sdk.SageMakerClient({
      retryMode: 'standard',
      ...(region !== undefined && { region }),
      ...(credentials !== undefined && { credentials }),
      ...(endpoints?.training !== undefined && { endpoint: endpoints.training }),
    });
    return { sdk, client };
  }
}

async function load(): Promise<ControlModule> {
  try {
    return await import('#sdk/training');
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new TrainingError(
      'training needs a package that is not installed: @aws-sdk/client-sagemaker',
      'not installed',
      {
        hint: 'Install it beside pg-aws-ml: npm install @aws-sdk/client-sagemaker @aws-sdk/client-s3',
      },
    );
  }
}
