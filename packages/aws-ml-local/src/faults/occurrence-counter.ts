import type { Occurrence } from './faults.js';

/** Decides for one event after the other whether a fault strikes. */
export class OccurrenceCounter {
  private seen = 0;

  constructor(private readonly occurrence: Occurrence | undefined) {}

  /** @param operation the request's; other operations than the occurrence names are not counted */
  strikes(operation?: string): boolean {
    const { occurrence } = this;
    if (occurrence === undefined) return false;
    if (occurrence === true) return true;
    const spec = typeof occurrence === 'number' ? { first: occurrence } : occurrence;
    if (spec.operation !== undefined && spec.operation !== operation) return false;
    const { first, every } = spec;
    this.seen += 1;
    if (first === undefined && every === undefined) return true;
    if (this.seen <= (first ?? 0)) return true;
    return every !== undefined && (this.seen - (first ?? 0)) % every === 0;
  }
}
