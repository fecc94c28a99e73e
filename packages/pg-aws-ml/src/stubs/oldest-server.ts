import type { ServerMessage } from './server-message.js';

/** The oldest major version that has what this package needs: the bodies of functions in standard SQL can be read, say. */
export const oldestMajorVersion = 14;

/** What an older server is told, when it installs the extension and when a statement calls its functions. */
export const serverTooOld: ServerMessage = {
  code: '0A000',
  message: `pg-aws-ml needs PostgreSQL ${oldestMajorVersion} or later`,
  hint: `Upgrade the server: PostgreSQL ${oldestMajorVersion} to 18 are tested.`,
};
