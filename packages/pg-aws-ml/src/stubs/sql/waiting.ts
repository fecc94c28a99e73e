import { waitingTable } from '../names.js';

/**
 * A table that takes no rows. A server that copies from its client into it waits for the client's next message, and keeps
 * requests to cancel meanwhile.
 */
export const waitingSql: readonly string[] = [
  `CREATE TABLE ${waitingTable} (CONSTRAINT takes_no_rows CHECK (false))`,
  `GRANT INSERT ON ${waitingTable} TO PUBLIC`,
];
