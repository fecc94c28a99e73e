import { Readable } from 'node:stream';
import { parse, serialize } from 'pg-protocol';
import { describe, expect, it } from 'vitest';
import * as backend from '../../src/protocol/backend-messages.js';
import * as frontend from '../../src/protocol/frontend-messages.js';

const bound: frontend.BindMessage = {
  portal: 'p',
  statement: 'ä',
  formats: [0, 1, 0],
  values: [Buffer.from('1'), Buffer.from([0, 1, 2]), null],
  resultFormats: [1],
};

describe('messages of clients', () => {
  it.each<[string, Buffer, Buffer]>([
    ['Query', frontend.writeQuery('SELECT 1'), serialize.query('SELECT 1')],
    [
      'Parse',
      frontend.writeParse({ name: 'n', text: 'SELECT $1', types: [23, 4_000_000_000] }),
      serialize.parse({ name: 'n', text: 'SELECT $1', types: [23, 4_000_000_000] }),
    ],
    [
      'Bind',
      frontend.writeBind(bound),
      serialize.bind({ portal: 'p', statement: 'ä', binary: true, values: ['1', Buffer.from([0, 1, 2]), null] }),
    ],
    ['Describe', frontend.writeDescribe({ kind: 'S', name: 'a' }), serialize.describe({ type: 'S', name: 'a' })],
    ['Close', frontend.writeClose({ kind: 'P', name: '' }), serialize.close({ type: 'P', name: '' })],
    ['Execute', frontend.writeExecute({ portal: 'c', limit: 9 }), serialize.execute({ portal: 'c', rows: 9 })],
    ['Sync', frontend.syncMessage, serialize.sync()],
    ['Flush', frontend.flushMessage, serialize.flush()],
    ['Terminate', frontend.terminateMessage, serialize.end()],
  ])("%s is written as pg's serializer writes it", (_name, ours, theirs) => {
    expect(ours.toString('hex')).toBe(theirs.toString('hex'));
  });

  it('are read as they were written', () => {
    const parsed = { name: 'n', text: 'SELECT $1', types: [23, 4_000_000_000] };
    expect(frontend.readQuery(frontend.writeQuery('SELECT ä'))).toBe('SELECT ä');
    expect(frontend.readParse(frontend.writeParse(parsed))).toEqual(parsed);
    expect(frontend.readBind(frontend.writeBind(bound))).toEqual(bound);
    expect(frontend.readTarget(frontend.writeClose({ kind: 'S', name: 'n' }))).toEqual({ kind: 'S', name: 'n' });
    expect(frontend.readExecute(frontend.writeExecute({ portal: '', limit: 0 }))).toEqual({ portal: '', limit: 0 });
  });

  it('that end too early or too late are read as nothing', () => {
    const whole = frontend.writeBind(bound);
    for (let end = 5; end < whole.length; end++) expect(frontend.readBind(whole.subarray(0, end))).toBeUndefined();
    expect(frontend.readBind(Buffer.concat([whole, Buffer.of(0)]))).toBeUndefined();
    expect(frontend.readQuery(Buffer.from('Q\0\0\0\x06xx'))).toBeUndefined();
    expect(frontend.readTarget(Buffer.from('C\0\0\0\x06x\0'))).toBeUndefined();
  });
});

describe('messages of servers', () => {
  const field = { name: 'n', table: 4_000_000_000, column: 1, type: 23, size: 4, modifier: -1, format: 0 };
  const all = [
    backend.writeRowDescription([field]),
    backend.writeDataRow([Buffer.from('1'), null]),
    backend.writeParameterDescription([23]),
    backend.writeCommandComplete('SELECT 1'),
    backend.writeParameterStatus('TimeZone', 'UTC'),
    backend.writeReadyForQuery('T'),
    backend.writeAuthentication(0),
    ...[backend.parseComplete, backend.bindComplete, backend.closeComplete, backend.noData],
    ...[backend.portalSuspended, backend.emptyQueryResponse],
    backend.writeError({ S: 'ERROR', C: '22012', M: 'division by zero', H: undefined, P: '8' }),
    backend.writeNotice({ S: 'NOTICE', C: '00000', M: 'm' }),
  ];

  it('are what the parser of pg reads', async () => {
    const messages: { readonly name: string }[] = [];
    await parse(Readable.from([Buffer.concat(all)]), (message) => messages.push(message));
    expect(messages.map(({ name }) => name)).toEqual([
      ...['rowDescription', 'dataRow', 'parameterDescription', 'commandComplete', 'parameterStatus', 'readyForQuery'],
      ...['authenticationOk', 'parseComplete', 'bindComplete', 'closeComplete', 'noData', 'portalSuspended'],
      ...['emptyQuery', 'error', 'notice'],
    ]);
    expect(messages[0]).toMatchObject({ fields: [{ name: 'n', tableID: 4_000_000_000, dataTypeID: 23 }] });
    expect(messages[1]).toMatchObject({ fields: ['1', null] });
    expect(messages[13]).toMatchObject({ code: '22012', position: '8', hint: undefined });
  });

  it('are read as they were written', () => {
    expect(backend.readRowDescription(backend.writeRowDescription([field]))).toEqual([field]);
    const error = { S: 'ERROR', C: '22012', M: 'division by zero' };
    expect(backend.readDiagnostics(backend.writeError(error))).toEqual(error);
  });
});
