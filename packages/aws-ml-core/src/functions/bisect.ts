import type { AwsMlError } from '../errors.js';
import type { InvokeOutcome } from '../ml-service.js';

/**
 * Invokes a batch, and halves it as long as the service finds it too large. Only what the service refused for its size
 * is sent again; a single input that is still too large keeps the error.
 */
export async function bisectTooLarge(
  inputs: readonly string[],
  invoke: (inputs: readonly string[]) => Promise<InvokeOutcome[] | AwsMlError>,
): Promise<InvokeOutcome[]> {
  const outcomes = await invoke(inputs);
  if (Array.isArray(outcomes)) return outcomes;
  if (outcomes.code !== 'PAYLOAD_TOO_LARGE' || inputs.length < 2) return inputs.map(() => outcomes);
  const middle = inputs.length >> 1;
  const halves = await Promise.all([
    bisectTooLarge(inputs.slice(0, middle), invoke),
    bisectTooLarge(inputs.slice(middle), invoke),
  ]);
  return halves.flat(1) as InvokeOutcome[];
}
