import type { MlCall, TextValue } from '../ml-call.js';
import type { MlFunctionName } from '../ml-function.js';
import type { MlService } from '../ml-service.js';

interface Latest<Value> {
  readonly arguments: readonly TextValue[];
  readonly value: Value;
}

/** Finds what belongs to the target of a call; rows of one call site nearly always have the same target. */
export class TargetIndex<Value> {
  readonly #create: (call: MlCall, service: MlService) => Value;
  readonly #latest = new Map<MlFunctionName, Latest<Value>>();
  readonly #byKey = new Map<string, Value>();

  constructor(create: (call: MlCall, service: MlService) => Value) {
    this.#create = create;
  }

  of(call: MlCall, service: MlService): Value {
    const latest = this.#latest.get(call.function);
    if (latest !== undefined && sameTarget(latest.arguments, call.arguments, service)) return latest.value;
    const key = targetKey(call, service);
    let value = this.#byKey.get(key);
    if (value === undefined) {
      value = this.#create(call, service);
      this.#byKey.set(key, value);
    }
    this.#latest.set(call.function, { arguments: call.arguments, value });
    return value;
  }

  all(): Iterable<Value> {
    return this.#byKey.values();
  }
}

function sameTarget(left: readonly TextValue[], right: readonly TextValue[], service: MlService): boolean {
  for (const position of service.targetPositions) {
    if (left[position] !== right[position]) return false;
  }
  return true;
}

/** Lengths before texts keep different lists apart whatever the texts are. */
export function targetKey(call: MlCall, service: MlService): string {
  let key: string = call.function;
  for (const position of service.targetPositions) {
    const value = call.arguments[position] ?? null;
    key += value === null ? ' -' : ` ${value.length}:${value}`;
  }
  return key;
}
