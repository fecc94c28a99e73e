import { costOf, type Invoker, type MlFunctionName, type RequestLimits } from 'aws-ml-core';
import type { CallEstimate } from './estimate-calls.js';

/** What a statement is expected to send to one endpoint, model or language. */
export interface TargetEstimate {
  readonly function: MlFunctionName;
  /** Undefined where it isn't constant. */
  readonly name: string | null | undefined;
  readonly inputs: number;
  readonly distinctInputs: number;
  readonly requests: number;
  /** US dollars by the price table; undefined where there is no price. */
  readonly costUsd: number | undefined;
}

/**
 * Sums up the calls to each endpoint, model or language.
 * @param rowMode whether each input travels alone
 */
export function estimateRequests(calls: readonly CallEstimate[], invoker: Invoker, rowMode: boolean): TargetEstimate[] {
  const targets = groupBy(calls, (call) => JSON.stringify([call.function, nameOf(call, invoker) ?? null]));
  return targets.map((ofTarget) => {
    const [first] = ofTarget as [CallEstimate];
    const distinct = differentCalls(ofTarget);
    const batches = groupBy(distinct, batchKey);
    const limits = invoker.requestLimits(first.function);
    return {
      function: first.function,
      name: nameOf(first, invoker),
      inputs: sum(ofTarget.map((call) => call.inputs)),
      distinctInputs: sum(distinct.map((call) => call.distinctInputs)),
      requests: sum(batches.map((together) => requestsFor(together, limits, rowMode))),
      costUsd: costOfCalls(distinct, invoker),
    };
  });
}

const nameOf = ({ function: name, arguments: given }: CallEstimate, invoker: Invoker) =>
  given[invoker.requestLimits(name).targetPositions[0] ?? 0]?.constant;

/** Of calls with equal arguments the first: the others are answered by it. */
function differentCalls(calls: readonly CallEstimate[]): CallEstimate[] {
  const keyOf = (call: CallEstimate) => JSON.stringify([call.batchScan, call.arguments.map((a) => a.key)]);
  return [...new Map([...calls].reverse().map((call) => [keyOf(call), call])).values()].reverse();
}

const batchKey = ({ batchScan, maxRowsPerBatch }: CallEstimate): string => `${batchScan} ${maxRowsPerBatch}`;

function requestsFor(calls: readonly CallEstimate[], limits: RequestLimits, rowMode: boolean): number {
  const inputs = sum(calls.map((call) => call.distinctInputs));
  const characters = sum(calls.map((call) => call.distinctInputs * charactersOf(call, limits)));
  const bound = rowMode ? 1 : Math.max(1, calls[0]?.maxRowsPerBatch ?? Number.POSITIVE_INFINITY);
  const targets = Math.max(1, Math.min(inputs, Math.max(...calls.map((call) => call.targets))));
  const byNumber = Math.ceil(inputs / targets / Math.min(bound, limits.maxInputsPerRequest));
  const bySize = Math.ceil(characters / targets / limits.maxBytesPerRequest);
  return inputs === 0 ? 0 : targets * Math.max(1, byNumber, bySize);
}

/** Of an input as it is sent: the arguments that don't make the target, and what separates them. */
function charactersOf(call: CallEstimate, { targetPositions }: RequestLimits): number {
  const sent = call.arguments.filter((_, position) => !targetPositions.includes(position));
  return sum(sent.map((a) => a.characters)) + Math.max(0, sent.length - 1);
}

function costOfCalls(calls: readonly CallEstimate[], invoker: Invoker): number | undefined {
  const costs = calls.map((call) => {
    const price = invoker.priceOf(call.function, nameOf(call, invoker) ?? '');
    const limits = invoker.requestLimits(call.function);
    return price && call.distinctInputs * costOf(price, [charactersOf(call, limits)]);
  });
  return costs.every((cost) => cost !== undefined) ? sum(costs) : undefined;
}

function groupBy(calls: readonly CallEstimate[], keyOf: (call: CallEstimate) => string): CallEstimate[][] {
  const groups = new Map<string, CallEstimate[]>();
  for (const call of calls) groups.set(keyOf(call), [...(groups.get(keyOf(call)) ?? []), call]);
  return [...groups.values()];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
