import type { InvokeOptions, InvokeOutcome, MlService } from '../ml-service.js';
import { failure } from '../services/service-failure.js';

/** Invokes a batch with an adapter that may break the contract: there is an outcome for each input, whatever it does. */
export async function invokeGuarded(
  service: MlService,
  inputs: readonly string[],
  options: InvokeOptions,
): Promise<readonly InvokeOutcome[]> {
  const broken = (facts: string) => {
    const error = failure('SERVICE_ERROR', { function: service.function, target: options.target }, { facts });
    return inputs.map(() => error);
  };
  try {
    const outcomes = await service.invokeBatch(inputs, options);
    if (outcomes.length === inputs.length) return outcomes;
    return broken(`The service adapter gave ${outcomes.length} outcomes for ${inputs.length} inputs.`);
  } catch (thrown) {
    return broken(`The service adapter failed with ${thrown instanceof Error ? thrown.name : typeof thrown}.`);
  }
}
