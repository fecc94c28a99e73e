import { EventEmitter } from 'node:events';
import { Invoker } from 'aws-ml-core';
import { Observability } from '../../src/observability/observability.js';
import { EngineState } from '../../src/pool-state/engine-state.js';

/** The state of an engine without a pool, that nobody observes. */
export const newEngineState = (): EngineState =>
  new EngineState(new Invoker(), new Observability(new EventEmitter(), undefined, () => []));
