const QUOTE = 0x22;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** CSV files one after the other. With a header, each has its own, of which the first is kept. */
export function joinCsv(files: readonly Buffer[], header: boolean): Buffer {
  const parts: Buffer[] = [];
  let first: Buffer | undefined;
  for (const file of files.map(withoutMark).filter(({ length }) => length > 0)) {
    const head = header ? firstRecord(file) : Buffer.alloc(0);
    const repeated = first !== undefined && header && sameLine(head, first);
    first ??= head;
    parts.push(endedByNewline(repeated ? file.subarray(head.length) : file));
  }
  return Buffer.concat(parts);
}

/** The bytes of the first record, its end of line included; a newline in quotes ends none. */
export function firstRecord(csv: Buffer): Buffer {
  let quoted = false;
  for (let index = 0; index < csv.length; index += 1) {
    if (csv[index] === QUOTE) quoted = !quoted;
    else if (csv[index] === NEWLINE && !quoted) return csv.subarray(0, index + 1);
  }
  return csv;
}

const sameLine = (a: Buffer, b: Buffer) => a.toString('utf8').trimEnd() === b.toString('utf8').trimEnd();

const withoutMark = (file: Buffer) =>
  file.subarray(0, 3).equals(BYTE_ORDER_MARK) ? file.subarray(BYTE_ORDER_MARK.length) : file;

const endedByNewline = (part: Buffer) =>
  part.length === 0 || part.at(-1) === NEWLINE ? part : Buffer.concat([part, Buffer.from('\n')]);
