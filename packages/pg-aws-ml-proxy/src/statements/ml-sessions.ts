import { EventEmitter } from 'node:events';
import { type AwsMlOptions, type Connect, Engine, featureNotSupported } from 'pg-aws-ml/session';
import type { ClientSession } from '../relay/client-session.js';
import { MlInterceptor } from './ml-interceptor.js';

/** The engines of a proxy: one for each user in each database, whose privileges and names are its own. */
export class MlSessions {
  /** Gets the event `awsMl:batch`. */
  readonly events = new EventEmitter();
  readonly #options: AwsMlOptions;
  readonly #connectTo: (database: string) => Connect | undefined;
  readonly #engines = new Map<string, Engine>();

  constructor(options: AwsMlOptions, connectTo: (database: string) => Connect | undefined) {
    this.#options = options;
    this.#connectTo = connectTo;
  }

  intercept(session: ClientSession): MlInterceptor {
    const user = session.startup.get('user') ?? '';
    const database = session.startup.get('database') ?? user;
    const key = JSON.stringify([user, database]);
    let engine = this.#engines.get(key);
    if (engine === undefined) {
      engine = new Engine(this.#options, this.events);
      this.#engines.set(key, engine);
    }
    return new MlInterceptor(session, engine.openSession(this.#connectTo(database) ?? noConnection));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }
}

const noConnection: Connect = () =>
  Promise.reject(
    featureNotSupported(
      'this statement needs a second connection, and the proxy has no credentials for one',
      'Give the proxy a user and a password in --upstream or --service-url.',
    ),
  );
