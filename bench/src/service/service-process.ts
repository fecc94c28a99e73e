/**
 * The services of AWS as a process of its own, on bare sockets: its CPU is not the client's, and what it spends on a
 * request is the same for every client. Speaks as much HTTP as the SDK needs.
 */
import { createServer, type Socket } from 'node:net';
import { Admission, type Quota } from './admission.js';
import { answer, contentType } from './answers.js';

export interface ServiceSettings extends Quota {
  readonly latencyMs: number;
}

export interface ServiceCounts {
  /** HTTP requests, those refused included. */
  readonly requests: number;
  readonly throttled: number;
  readonly inputs: number;
  readonly mostAtOnce: number;
}

export type ServiceMessage = { readonly configure: ServiceSettings } | { readonly count: true };

let settings: ServiceSettings = { latencyMs: 0 };
const admission = new Admission();
let counts = { requests: 0, throttled: 0, inputs: 0, mostAtOnce: 0 };
let atOnce = 0;

const throttled = '{"__type":"ThrottlingException","message":"Rate exceeded"}';

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = received.toString('latin1', 0, headEnd);
      const bodyEnd = headEnd + 4 + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < bodyEnd) return;
      const body = received.toString('utf8', headEnd + 4, bodyEnd);
      received = received.subarray(bodyEnd);
      handle(socket, head, body);
    }
  });
}

function handle(socket: Socket, head: string, body: string): void {
  counts.requests += 1;
  const id = `x-amzn-requestid: r${counts.requests}\r\n`;
  if (!admission.enter()) {
    counts.throttled += 1;
    const type = 'x-amzn-errortype: ThrottlingException\r\ncontent-type: application/json\r\n';
    socket.write(
      `HTTP/1.1 429 Too Many Requests\r\n${id}${type}content-length: ${throttled.length}\r\n\r\n${throttled}`,
    );
    return;
  }
  atOnce += 1;
  counts.mostAtOnce = Math.max(counts.mostAtOnce, atOnce);
  const respond = () => {
    atOnce -= 1;
    admission.leave();
    const answered = answer(head, body);
    counts.inputs += answered.inputs;
    if (socket.destroyed) return;
    const length = Buffer.byteLength(answered.body);
    socket.write(
      `HTTP/1.1 200 OK\r\n${id}content-type: ${contentType(head)}\r\ncontent-length: ${length}\r\n\r\n${answered.body}`,
    );
  };
  if (settings.latencyMs === 0) respond();
  else setTimeout(respond, settings.latencyMs);
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', (message: ServiceMessage) => {
  if ('configure' in message) {
    settings = message.configure;
    admission.configure(settings);
    counts = { requests: 0, throttled: 0, inputs: 0, mostAtOnce: 0 };
  }
  process.send?.({ counts });
});
process.on('disconnect', () => process.exit());
