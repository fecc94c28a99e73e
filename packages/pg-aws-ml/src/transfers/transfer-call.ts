import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServerNotice } from '../server/server-connection.js';
import { transferCode } from '../stubs/transfer-names.js';
import { type Activity, type ActivityRows, activityOf } from './activity.js';

type Text = string | null;

/** A call of a function of aws_s3, as the server reports it. */
export interface TransferCall {
  readonly function: 'aws_s3.query_export_to_s3' | 'aws_s3.table_import_from_s3';
  readonly arguments: readonly Text[];
  /** Access key, secret key and session token; none for an export. */
  readonly secrets: readonly Text[];
  /** By which its outcome is found; of all its arguments. */
  readonly key: string;
  /** The role as which it was made. */
  readonly caller: string;
  readonly searchPath: string;
  /** Whether there are outcomes that no call has taken: then the calls of this run are others than before. */
  readonly untaken: boolean;
  /** What the transaction had done before it. */
  readonly before: Activity;
}

interface Payload extends Omit<TransferCall, 'before' | 'secrets'> {
  readonly secrets: readonly Text[] | null;
  readonly activity: ActivityRows;
}

/** Undefined where a notice is no report, or doesn't prove that it knows the nonce. */
export function readTransferCall(notice: ServerNotice, nonce: string): TransferCall | undefined {
  const { severity, code, message } = notice;
  if (severity !== 'INFO' || code !== transferCode || message === undefined || !proves(notice, nonce)) return undefined;
  const { activity, secrets, ...call } = JSON.parse(message) as Payload;
  return { ...call, secrets: (secrets ?? []).map((secret) => unsealed(secret, nonce)), before: activityOf(activity) };
}

function proves({ message, detail }: ServerNotice, nonce: string): boolean {
  const expected = createHash('sha256').update(`${nonce}${message}${nonce}`).digest();
  const given = Buffer.from(detail ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What `sealed` in the database has sealed. */
function unsealed(sealed: Text, nonce: string): Text {
  if (sealed === null) return null;
  const [salt = '', hex = ''] = sealed.split(':');
  const bytes = Buffer.from(hex, 'hex');
  for (let from = 0; from < bytes.length; from += 32) {
    const pad = createHash('sha256')
      .update(`${nonce}${salt}${from / 32}`)
      .digest();
    for (let i = from; i < Math.min(from + 32, bytes.length); i++) bytes[i] = bytes[i]! ^ pad[i - from]!;
  }
  return bytes.toString('utf8');
}
