import { csvLine, parseCsv } from '../csv.js';
import type { SentimentResult } from '../sentiment/sentiment.js';
import { AwsError } from '../services/aws-error.js';
import {
  type Backend,
  type DocumentAnswer,
  type EndpointRequest,
  isDocumentError,
  type ModelAnswer,
  type ModelRequest,
  type Payload,
} from '../services/backend.js';
import { type CassetteFile, isPayload, playPayload, recordPayload } from './cassette-file.js';
import { conversationKey, documentKey, endpointKey, type InputKey, modelKey, rowKey } from './input-key.js';

/**
 * Answers from a cassette. What it doesn't hold comes from `upstream` and is added to it; without an upstream it is an
 * error that no SDK retries and that names the key, not the input.
 */
export class CassetteBackend implements Backend {
  constructor(
    private readonly cassette: CassetteFile,
    private readonly upstream: Backend | undefined,
  ) {}

  async detectSentiment(texts: readonly string[], languageCode: string): Promise<DocumentAnswer[]> {
    const keys = texts.map((text) => documentKey(text, languageCode));
    const missing = keys.flatMap((key, index) => (this.cassette.get(key) === undefined ? [index] : []));
    const failed = new Map<number, DocumentAnswer>();
    if (missing.length > 0) {
      const upstream = this.upstreamFor(
        'InvalidRequestException',
        missing.map((index) => keys[index] as InputKey),
      );
      const answers = await upstream.detectSentiment(
        missing.map((index) => texts[index] ?? ''),
        languageCode,
      );
      for (const [position, index] of missing.entries()) {
        const answer = answers[position] as DocumentAnswer;
        // A document that failed may well succeed the next time.
        if (isDocumentError(answer)) failed.set(index, answer);
        else this.cassette.put(keys[index] as InputKey, answer);
      }
    }
    return keys.map((key, index) => failed.get(index) ?? (this.cassette.get(key) as SentimentResult));
  }

  async invokeEndpoint(request: EndpointRequest): Promise<Payload> {
    const whole = endpointKey(request);
    const recorded = this.payload(whole);
    if (recorded !== undefined) return recorded;
    const rows = csvRows(request);
    const rowKeys = rows?.map((fields) => rowKey(request, fields));
    const byRow = rowKeys?.map((key) => this.payload(key));
    if (byRow?.every((answer) => answer !== undefined)) {
      return { contentType: byRow[0]?.contentType ?? 'text/csv', body: Buffer.concat(byRow.map(({ body }) => body)) };
    }
    const missing = rowKeys?.filter((_, index) => byRow?.[index] === undefined);
    const answer = await this.upstreamFor('ValidationError', missing ?? [whole]).invokeEndpoint(request);
    this.recordEndpointAnswer(whole, rowKeys, answer);
    return answer;
  }

  async invokeModel(request: ModelRequest): Promise<ModelAnswer> {
    return this.modelAnswer(modelKey(request), (upstream) => upstream.invokeModel(request));
  }

  async converse(request: ModelRequest): Promise<ModelAnswer> {
    return this.modelAnswer(conversationKey(request), (upstream) => upstream.converse(request));
  }

  async close(): Promise<void> {
    await this.upstream?.close();
  }

  private async modelAnswer(key: InputKey, ask: (upstream: Backend) => Promise<ModelAnswer>): Promise<ModelAnswer> {
    const recorded = this.payload(key);
    if (recorded !== undefined) return recorded;
    const answer = await ask(this.upstreamFor('ValidationException', [key]));
    this.cassette.put(key, recordPayload(answer));
    return answer;
  }

  private payload(key: InputKey): Payload | undefined {
    const answer = this.cassette.get(key);
    return answer !== undefined && isPayload(answer) ? playPayload(answer) : undefined;
  }

  private upstreamFor(code: string, missing: readonly InputKey[]): Backend {
    const [first] = missing;
    if (this.upstream !== undefined || first === undefined) return this.upstream as Backend;
    const more = missing.length > 1 ? ` (and for ${missing.length - 1} more inputs of the request)` : '';
    const message = `The cassette has no answer to ${first.operation} of ${first.target} for key ${first.hash}${more}.`;
    throw new AwsError(code, 400, message);
  }

  /** Row by row where the answer has one line a row, so that it can be replayed in other batches. */
  private recordEndpointAnswer(whole: InputKey, rowKeys: readonly InputKey[] | undefined, answer: Payload): void {
    const lines = csvRows(answer);
    if (rowKeys === undefined || lines === undefined || lines.length !== rowKeys.length) {
      this.cassette.put(whole, recordPayload(answer));
      return;
    }
    for (const [index, key] of rowKeys.entries()) {
      const body = Buffer.from(`${csvLine(lines[index] ?? [])}\n`);
      this.cassette.put(key, recordPayload({ contentType: answer.contentType, body }));
    }
  }
}

function csvRows({ contentType, body }: Payload): string[][] | undefined {
  if (!contentType.startsWith('text/csv')) return undefined;
  try {
    return parseCsv(body);
  } catch {
    return undefined;
  }
}
