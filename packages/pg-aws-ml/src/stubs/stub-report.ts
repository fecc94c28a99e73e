import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MlCall, MlFunctionName } from 'aws-ml-core';
import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ServerNotice } from '../server/server-connection.js';
import { stubCodes } from './names.js';

/** An input that an ML function reported. */
export interface StubReport {
  readonly kind: 'missing' | 'strict-miss' | 'live' | 'raised-failure';
  readonly call: MlCall;
  /** Names the waiting call in `answerLive`; null unless the kind is live. */
  readonly number: string | null;
  /** The functions that were running, as the server writes it. */
  readonly stack: string;
}

interface Payload {
  readonly number: number | null;
  readonly function: MlFunctionName;
  readonly arguments: readonly (string | null)[];
  readonly maxRowsPerBatch: number | null;
}

const kinds = new Map<string, StubReport['kind']>([
  [stubCodes.missingResult, 'missing'],
  [stubCodes.strictMiss, 'strict-miss'],
  [stubCodes.liveInput, 'live'],
  [stubCodes.raisedFailure, 'raised-failure'],
]);

const functionNames = new Set<string>(mlFunctions.map((f) => f.qualifiedName));

/** A nonce for the replays and live statements of a connection: SQL of the application never sees it. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/**
 * The report that a notice carries; undefined where it carries none, or one that doesn't prove it knows the nonce.
 * A filter of notices should take what this recognises and let the rest pass.
 */
export function readStubReport(notice: ServerNotice, nonce: string): StubReport | undefined {
  const kind = notice.severity === 'INFO' && notice.code !== undefined ? kinds.get(notice.code) : undefined;
  if (kind === undefined || notice.message === undefined || !proves(notice, nonce)) return undefined;
  const payload = JSON.parse(notice.message) as Payload;
  if (!functionNames.has(payload.function)) return undefined;
  return {
    kind,
    call: {
      function: payload.function,
      arguments: payload.arguments,
      maxRowsPerBatch: payload.maxRowsPerBatch,
    },
    number: payload.number === null ? null : String(payload.number),
    stack: notice.where ?? '',
  };
}

function proves(notice: ServerNotice, nonce: string): boolean {
  const expected = createHash('sha256').update(`${nonce}${notice.message}${nonce}`).digest();
  const given = Buffer.from(notice.detail ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
