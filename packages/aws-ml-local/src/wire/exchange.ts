/** What is known of a request before its body is read. Header names are lower case. */
export interface RequestHead {
  readonly method: string;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A body read to memory; `excess` is set when the body was longer than the protocol's cap and was dropped. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly excess: boolean;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
