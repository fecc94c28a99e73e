import type pg from 'pg';
import { Engine } from '../../session/engine.js';
import type { Interceptor } from '../../session/interceptor.js';
import { connectAs } from './connect-as.js';
import type { AwsMlState } from './interceptor.js';

/** The engine behind the clients of one pool. */
export class AwsMlEngine extends Engine implements AwsMlState {
  createInterceptor(client: pg.Client): Interceptor {
    return this.openSession(connectAs(client));
  }
}
