import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Observability } from '../../src/observability/observability.js';
import { registerTelemetry } from './telemetry.js';

const start = { command: 'SELECT', recognisedAt: 0, plannedAt: 0, fingerprint: () => '' };

it('a statement is not watched where nobody listens, though the API of OpenTelemetry is there', async () => {
  const emitter = new EventEmitter();
  const observability = new Observability(emitter, undefined, () => []);
  await observability.load();
  expect(observability.statement(start)).toBeUndefined();
  const listener = () => {};
  emitter.on('awsMl:batch', listener);
  expect(observability.statement(start)).toBeDefined();
  emitter.off('awsMl:batch', listener);
  expect(observability.statement(start)).toBeUndefined();
  registerTelemetry();
  // As each statement does before it runs.
  await observability.load();
  expect(observability.statement(start)).toBeDefined();
});
