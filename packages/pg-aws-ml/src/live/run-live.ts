import type { StatementContext } from '../engine/session-context.js';
import { featureNotSupported } from '../server/database-error.js';

export async function runLive(_context: StatementContext): Promise<void> {
  throw featureNotSupported('live: to come');
}
