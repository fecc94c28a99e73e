import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServices } from '../src/functions/create-services.js';
import { credentials } from './wire-server.js';

/** Answers with as many one-byte chunks as the request asks for; many go out with one write, so that the server is quick. */
const server = http.createServer(async (request, response) => {
  const { socket } = request;
  response.detachSocket(socket);
  let body = '';
  for await (const part of request) body += part;
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.write('1\r\nx\r\n'.repeat(Number(body)));
  socket.write('0\r\n\r\n');
});
const services = () => {
  const bedrock = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createServices({ region: 'us-east-1', credentials, endpoints: { bedrock } });
};
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

it('reads an answer in time that is linear in the number of its chunks', async () => {
  const service = services()['aws_bedrock.invoke_model'];
  const target = { arguments: ['m', 'text/plain', null], name: 'm' };
  const cpuOf = async (chunks: number): Promise<number> => {
    const before = process.cpuUsage();
    expect(await service.invokeBatch([String(chunks)], { target })).toEqual([['x'.repeat(chunks)]]);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cpuOf(4_000);
  // The sum of several, so that no single pause decides.
  const few = (await cpuOf(4_000)) + (await cpuOf(4_000)) + (await cpuOf(4_000));
  const many = await cpuOf(64_000);
  // Linear is a ratio of 16, quadratic one of 256.
  expect((3 * many) / few).toBeLessThan(100);
  service.close();
});
