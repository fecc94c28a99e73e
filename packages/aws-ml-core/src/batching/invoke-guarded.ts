import { failure } from '../functions/service-failure.js';
import { isResult } from '../invocations/batch.js';
import { isStorable } from '../ml-call.js';
import type { InvokeOptions, InvokeOutcome, MlService } from '../ml-service.js';

/**
 * Invokes a batch with an adapter that may break the contract: there is an outcome for each input, whatever it does, and
 * a result that PostgreSQL can store.
 */
export async function invokeGuarded(
  service: MlService,
  inputs: readonly string[],
  options: InvokeOptions,
): Promise<readonly InvokeOutcome[]> {
  const context = { function: service.function, target: options.target };
  const broken = (facts: string) => {
    const error = failure('SERVICE_ERROR', context, { facts });
    return inputs.map(() => error);
  };
  try {
    const outcomes = await service.invokeBatch(inputs, options);
    if (outcomes.length === inputs.length) {
      return outcomes.map((outcome) =>
        !isResult(outcome) || outcome.every(isStorable) ? outcome : failure('INVALID_RESPONSE', context, unstorable),
      );
    }
    return broken(`The service adapter gave ${outcomes.length} outcomes for ${inputs.length} inputs.`);
  } catch (thrown) {
    return broken(`The service adapter failed with ${thrown instanceof Error ? thrown.name : typeof thrown}.`);
  }
}

const unstorable = { facts: 'The answer holds a NUL character or half of a surrogate pair, which no text can hold.' };
