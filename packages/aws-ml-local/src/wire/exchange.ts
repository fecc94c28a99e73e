/** What is known of a request before its body is read. Header names are lower case. */
export interface RequestHead {
  readonly method: string;
  /** The path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** A body read to memory; `excess` is set when the body was longer than the protocol's cap and was dropped. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly excess: boolean;
}

/** A body that is sent piece by piece, as it is read; of an answer to HEAD nothing is. */
export interface StreamedBody {
  readonly length: number;
  chunks(): AsyncIterable<Uint8Array>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | StreamedBody;
}
