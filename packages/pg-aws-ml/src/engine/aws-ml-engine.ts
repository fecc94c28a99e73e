import { type FunctionStats, Invoker, type InvokerOptions } from 'aws-ml-core';
import type pg from 'pg';
import { outsidePoolCode, outsidePoolHint } from '../extension/names.js';
import type { AwsMlOptions } from '../front-end/aws-ml-options.js';
import type { AwsMlState, Interceptor } from '../front-end/interceptor.js';
import { EngineState } from './engine-state.js';
import { runStatement } from './run-statement.js';

/** The engine behind the clients of one pool. Does no I/O before the first statement that concerns it. */
export class AwsMlEngine implements AwsMlState {
  readonly #state: EngineState;

  constructor(options: AwsMlOptions) {
    this.#state = new EngineState(new Invoker(options as InvokerOptions));
  }

  createInterceptor(client: pg.Client): Interceptor {
    const state = this.#state;
    state.answering.connectAs(client);
    return {
      concerns: (text) => state.recogniser.concerns(text),
      run: (connection, statement, sink, signal) => runStatement(state, connection, statement, sink, signal),
      // A statement went past us: somebody else has made it reach an ML function since its names were learnt.
      onServerError: ({ code, hint }) => {
        if (code === outsidePoolCode && hint === outsidePoolHint) state.forgetCatalog();
      },
    };
  }

  stats(): FunctionStats[] {
    return this.#state.invoker.stats();
  }

  resetStats(): void {
    this.#state.invoker.resetStats();
  }

  close(): void {
    this.#state.answering.close();
    this.#state.invoker.close();
  }
}
