import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SentimentResult } from '../sentiment/sentiment.js';
import type { Payload } from '../services/backend.js';
import type { InputKey } from './input-key.js';

/** A recorded answer, as it stands in the file. */
export type CassetteAnswer = SentimentResult | RecordedPayload;

interface RecordedPayload {
  readonly contentType: string;
  readonly encoding: 'utf8' | 'base64';
  readonly body: string;
}

const FORMAT = { cassette: 'aws-ml-local', version: 1 };

/** Answers by the hash of their input, in a file of JSON lines. The inputs themselves are not in it. */
export class CassetteFile {
  private readonly answers = new Map<string, CassetteAnswer>();

  private constructor(private readonly path: string) {}

  /** Throws when the file is no cassette, or is not there and may not be made. */
  static open(path: string, create: boolean): CassetteFile {
    const cassette = new CassetteFile(path);
    if (existsSync(path)) cassette.load();
    else if (create) cassette.start();
    else throw new Error(`there is no cassette at ${path}; record one first`);
    return cassette;
  }

  get(key: InputKey): CassetteAnswer | undefined {
    return this.answers.get(key.hash);
  }

  put(key: InputKey, answer: CassetteAnswer): void {
    if (this.answers.has(key.hash)) return;
    this.answers.set(key.hash, answer);
    const { hash, operation, target } = key;
    // Written at once: a recording that is killed loses nothing that was paid for.
    appendFileSync(this.path, `${JSON.stringify({ key: hash, operation, target, answer })}\n`);
  }

  private start(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    appendFileSync(this.path, `${JSON.stringify(FORMAT)}\n`);
  }

  private load(): void {
    const [header = '', ...lines] = readFileSync(this.path, 'utf8').split('\n');
    const { cassette, version } = this.parse(header, 1) as Partial<typeof FORMAT>;
    if (cassette !== FORMAT.cassette || version !== FORMAT.version) {
      throw new Error(`${this.path} is no cassette of version ${FORMAT.version}`);
    }
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const entry = this.parse(line, index + 2) as { key: string; answer: CassetteAnswer };
      this.answers.set(entry.key, entry.answer);
    }
  }

  private parse(line: string, number: number): unknown {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`${this.path}, line ${number}: not JSON`);
    }
  }
}

export function recordPayload({ contentType, body }: Payload): RecordedPayload {
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body)
    ? { contentType, encoding: 'utf8', body: text }
    : { contentType, encoding: 'base64', body: body.toString('base64') };
}

export function playPayload({ contentType, encoding, body }: RecordedPayload): Payload {
  return { contentType, body: Buffer.from(body, encoding) };
}

export function isPayload(answer: CassetteAnswer): answer is RecordedPayload {
  return 'body' in answer;
}
