/** What native evaluation calls, read from the NOTICEs of the native functions. */

export interface NativeCall {
  readonly service: string;
  /** Language, endpoint or model. */
  readonly target: string;
  /** Hash of the input. */
  readonly input: string;
  /** The most inputs that one request may carry; null for no bound. */
  readonly mostRows: number | null;
}

const PREFIX = 'oracle call ';

export function readCall(notice: string | undefined): NativeCall | undefined {
  return notice?.startsWith(PREFIX) ? (JSON.parse(notice.slice(PREFIX.length)) as NativeCall) : undefined;
}

/** The fewest requests that can carry all distinct inputs: full batches per service, target and batch size. */
export function leastRequests(calls: readonly NativeCall[]): Map<string, number> {
  const inputs = new Map<string, Set<string>>();
  const limits = new Map<string, number>();
  for (const { service, target, input, mostRows } of calls) {
    const key = JSON.stringify([service, target, mostRows]);
    limits.set(key, mostRows ?? Number.POSITIVE_INFINITY);
    inputs.set(key, (inputs.get(key) ?? new Set()).add(input));
  }
  const least = new Map<string, number>();
  for (const [key, distinct] of inputs) {
    const [service, target] = JSON.parse(key) as [string, string];
    const requests = Math.ceil(distinct.size / (limits.get(key) ?? 1)) || 1;
    const destination = `${service} ${target}`;
    least.set(destination, (least.get(destination) ?? 0) + requests);
  }
  return least;
}
