import type { InferenceService } from '../services/service-name.js';

/**
 * Where real answers come from while recording. Default: AWS, by the SDK's own chain of credentials and region, and the
 * environment variables `AWS_ENDPOINT_URL_…`.
 */
export interface UpstreamOptions {
  readonly region?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Endpoint URLs by service, instead of those of the environment and AWS's public ones. */
  readonly endpoints?: { readonly [service in InferenceService]?: string };
}

/** Real answers in a file: recorded once, replayed offline. */
export interface CassetteOptions {
  /**
   * `record` answers from the file what it holds and asks upstream for the rest; `replay` answers from the file alone
   * and fails otherwise.
   */
  readonly mode: 'record' | 'replay';
  /** A JSON Lines file. Recording adds to it. */
  readonly path: string;
  /** The services that the cassette answers for; the others are local. Default: all. */
  readonly services?: readonly InferenceService[];
  readonly upstream?: UpstreamOptions;
}
