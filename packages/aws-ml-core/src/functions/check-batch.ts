import type { InvokeOptions, MlService } from '../ml-service.js';

/** Guards invokeBatch against misuse, before anything is sent. The messages name no input. */
export function checkBatch(inputs: readonly string[], options: InvokeOptions, service: MlService): void {
  if (!Array.isArray(inputs))
    throw new TypeError(`${service.function}: inputs must be an array, but got ${typeof inputs}`);
  if (inputs.length === 0) throw new TypeError(`${service.function}: inputs must not be empty`);
  if (inputs.length > service.maxInputsPerRequest) {
    throw new TypeError(
      `${service.function}: at most ${service.maxInputsPerRequest} inputs a request, but got ${inputs.length}`,
    );
  }
  for (const input of inputs) {
    if (typeof input !== 'string')
      throw new TypeError(`${service.function}: an input must be a string, but got ${typeof input}`);
  }
  const { target } = options;
  if (target.arguments.length !== service.targetPositions.length) {
    throw new TypeError(
      `${service.function}: the target must have ${service.targetPositions.length} arguments, but got ${target.arguments.length}`,
    );
  }
}
