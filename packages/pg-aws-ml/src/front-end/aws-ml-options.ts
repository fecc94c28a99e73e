/** The `awsMl` part of a Pool's or Client's configuration. Everything has a default. */
export interface AwsMlOptions {
  /** AWS region; by default the SDK's own chain (`AWS_REGION`, the shared config file, …). */
  readonly region?: string | undefined;
  /** An AWS SDK credential identity or provider; by default the SDK's own chain. */
  readonly credentials?: unknown;
  /** Base URLs in place of AWS's; by default the SDK's own (`AWS_ENDPOINT_URL_COMPREHEND`, …). */
  readonly endpoints?:
    | {
        readonly comprehend?: string | undefined;
        readonly sagemaker?: string | undefined;
        readonly bedrock?: string | undefined;
      }
    | undefined;
  /** Requests in flight at most, per service and endpoint. */
  readonly maxConcurrency?: number | undefined;
  /** What a failed ML call gives: an error of the statement (the default), or NULL. */
  readonly onError?: 'fail' | 'null' | undefined;
}

/** A copy whose credentials `util.inspect` and `JSON.stringify` don't show, as pg hides the password. */
export function withHiddenCredentials(options: AwsMlOptions): AwsMlOptions {
  const copy = { ...options };
  if ('credentials' in options) {
    Object.defineProperty(copy, 'credentials', {
      configurable: true,
      enumerable: false,
      writable: true,
      value: options.credentials,
    });
  }
  return copy;
}
