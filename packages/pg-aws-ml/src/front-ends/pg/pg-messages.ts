import type { PortalReceiver } from '../../session/portal-sink.js';

/** Hands on what a portal gives in the shape in which pg-protocol parses the server's messages. */
export const pgMessages = (deliver: (event: string, message: object) => void): PortalReceiver => ({
  rowDescription(fields) {
    // pg puts these objects into the result, where the application may change them: not ours, which may be cached.
    const copies = fields.map((field) => ({ ...field }));
    deliver('rowDescription', { name: 'rowDescription', fieldCount: copies.length, fields: copies });
  },
  rows(rows, stopped) {
    for (const fields of rows) {
      deliver('dataRow', { name: 'dataRow', fieldCount: fields.length, fields });
      if (stopped()) return;
    }
  },
  portalSuspended: () => deliver('portalSuspended', { name: 'portalSuspended' }),
  commandComplete(text) {
    if (text === '') deliver('emptyQuery', { name: 'emptyQuery' });
    else deliver('commandComplete', { name: 'commandComplete', text });
  },
});
