import pg from 'pg';
import * as pgAwsMl from '../../src/index.js';
import { echoClasses, newLog } from './echo-engine.js';

/** Whose public behaviour must be that of pg, whether a statement takes pg's way or ours. */
export const subjects = [
  ['pg', pg],
  ['pg-aws-ml', pgAwsMl],
  ['pg-aws-ml with every statement its own', echoClasses(newLog(), { everything: true })],
] as unknown as [string, { Client: typeof pg.Client; Pool: typeof pg.Pool }][];
