import type { S3, S3Options } from 'aws-ml-core/s3';
import type { TransferOptions } from './aws-ml-options.js';

/** S3 for the statements of one pool. Loaded with the first that transfers. */
export class Transfers {
  readonly options: TransferOptions;
  readonly #s3Options: S3Options;
  #s3: Promise<S3> | undefined;

  constructor(s3Options: S3Options, options: TransferOptions = {}) {
    this.#s3Options = s3Options;
    this.options = options;
  }

  s3(): Promise<S3> {
    this.#s3 ??= this.#open();
    return this.#s3;
  }

  async #open(): Promise<S3> {
    const { S3 } = await import('aws-ml-core/s3');
    const { region, credentials, endpoints, maxAttempts, connectionTimeoutMs, requestTimeoutMs, clients } =
      this.#s3Options;
    return new S3({
      ...(region !== undefined && { region }),
      ...(credentials !== undefined && { credentials }),
      ...(endpoints !== undefined && { endpoints }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(connectionTimeoutMs !== undefined && { connectionTimeoutMs }),
      ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
      ...(clients !== undefined && { clients }),
    });
  }

  close(): void {
    this.#s3?.then((s3) => s3.close()).catch(() => {});
  }
}
