/**
 * An S3 in a process of its own that keeps nothing: it takes every upload, and gives every object as so many bytes of CSV.
 * Prints its URL.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const bytes = Number(process.argv[2]);

/** A megabyte of rows, as they come again and again. */
const rows = Buffer.from(
  Array.from(
    { length: 9000 },
    (_, i) => `${i},${'0123456789abcdef'.repeat(5)},${i * 7},"it is, so to say, quoted"\n`,
  ).join(''),
);

const server = createServer((request, response) => {
  if (request.method === 'GET') void give(response);
  else take(request, response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('disconnect', () => process.exit());

function take(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request;
  request.resume();
  request.on('end', () => {
    if (method === 'PUT') response.writeHead(200, { etag: '"e"' }).end();
    else if (method === 'DELETE') response.writeHead(204).end();
    else {
      const [name, content] = url.includes('uploadId')
        ? ['CompleteMultipartUploadResult', '<ETag>"e"</ETag>']
        : ['InitiateMultipartUploadResult', '<UploadId>u</UploadId>'];
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0" encoding="UTF-8"?><${name}>${content}</${name}>`);
    }
  });
}

async function give(response: ServerResponse): Promise<void> {
  const times = Math.ceil(bytes / rows.length);
  response.writeHead(200, { 'content-length': times * rows.length, etag: '"e"' });
  for (let i = 0; i < times && !response.destroyed; i++) {
    if (!response.write(rows)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end();
}
