import type { ConnectionOptions, CredentialsOption } from '../../options/connection-options.js';
import { S3Error } from './s3-error.js';
import { type ObjectAddress, type S3Attempt, s3Failure } from './s3-failure.js';

export type S3Module = typeof import('#sdk/s3');
export type S3SdkClient = InstanceType<S3Module['S3Client']>;

/** Of the options of a Pool or Invoker, those that say how S3 is reached. */
export type S3Options = Pick<
  ConnectionOptions,
  'region' | 'credentials' | 'endpoints' | 'maxAttempts' | 'connectionTimeoutMs' | 'requestTimeoutMs' | 'clients'
>;

/** In place of what the options say. */
export interface S3Access {
  readonly region?: string | undefined;
  readonly credentials?: CredentialsOption | undefined;
}

const defaultConnectionTimeoutMs = 10_000;

/** A client of S3's with its module, loaded and made when first needed. */
export class S3Session {
  readonly #options: S3Options;
  readonly #access: S3Access;
  #opened: Promise<{ readonly sdk: S3Module; readonly client: S3SdkClient }> | undefined;

  constructor(options: S3Options, access: S3Access) {
    this.#options = options;
    this.#access = access;
  }

  get #given(): S3SdkClient | undefined {
    const own = this.#access.region === undefined && this.#access.credentials === undefined;
    return own ? (this.#options.clients?.s3 as S3SdkClient | undefined) : undefined;
  }

  open(): Promise<{ readonly sdk: S3Module; readonly client: S3SdkClient }> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      // It may be installed meanwhile.
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #open() {
    const sdk = await loadSdk();
    return { sdk, client: this.#given ?? new sdk.S3Client(this.#config()) };
  }

  #config(): ConstructorParameters<S3Module['S3Client']>[0] & object {
    const { endpoints, maxAttempts, connectionTimeoutMs, requestTimeoutMs } = this.#options;
    const region = this.#access.region ?? this.#options.region;
    const credentials = this.#access.credentials ?? this.#options.credentials;
    const endpoint = endpoints?.s3;
    return {
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: connectionTimeoutMs ?? defaultConnectionTimeoutMs,
        ...(requestTimeoutMs !== undefined && { requestTimeout: requestTimeoutMs }),
      },
      ...(region !== undefined && { region }),
      ...(credentials !== undefined && { credentials }),
      // What stands in for S3 seldom has a host name for each bucket.
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(maxAttempts !== undefined && { maxAttempts }),
    };
  }

  /** Does something with the client; whatever the SDK throws becomes an S3Error. */
  async attempt<T>(
    { verb, actions, address }: Omit<S3Attempt, 'region'>,
    work: (sdk: S3Module, client: S3SdkClient) => Promise<T>,
  ): Promise<T> {
    let region = this.#access.region ?? this.#options.region;
    try {
      const { sdk, client } = await this.open();
      try {
        return await work(sdk, client);
      } catch (error) {
        region ??= await client.config.region().catch(() => undefined);
        throw error;
      }
    } catch (error) {
      throw s3Failure(error, { verb, actions, address, region });
    }
  }

  close(): void {
    if (this.#given === undefined) this.#opened?.then(({ client }) => client.destroy()).catch(() => undefined);
  }
}

export const uploading = (address: ObjectAddress) =>
  ({ verb: 'upload to', actions: 's3:PutObject and s3:AbortMultipartUpload', address }) as const;

async function loadSdk(): Promise<S3Module> {
  try {
    return await import('#sdk/s3');
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new S3Error({
      code: 'SDK_MISSING',
      message: 'the package @aws-sdk/client-s3 is not installed',
      hint: 'Transfers to and from S3 need it: npm install @aws-sdk/client-s3',
    });
  }
}
