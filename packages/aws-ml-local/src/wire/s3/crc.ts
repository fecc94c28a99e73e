import type { Hasher } from './checksums.js';

/** The table of a reflected CRC of 32 bits. */
function table32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

const CASTAGNOLI = table32(0x82f63b78);

/** CRC-32C of a chunk that follows those that gave `value`. Node.js has CRC-32 alone. */
export function crc32c(chunk: Uint8Array, value: number): number {
  let crc = ~value;
  for (const byte of chunk) crc = (CASTAGNOLI[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const NVME = 0x9a6c9329ac4bc9b5n;
const [LOW, HIGH] = [new Uint32Array(256), new Uint32Array(256)];
for (let index = 0; index < 256; index += 1) {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ NVME : value >> 1n;
  LOW[index] = Number(value & 0xffffffffn);
  HIGH[index] = Number(value >> 32n);
}

/** CRC-64/NVME, in two halves: numbers have no 64 bits, and big integers are slow. */
export class Crc64Nvme implements Hasher {
  private low = 0xffffffff;
  private high = 0xffffffff;

  update(chunk: Uint8Array): void {
    let { low, high } = this;
    for (const byte of chunk) {
      const index = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (LOW[index] as number);
      high = (high >>> 8) ^ (HIGH[index] as number);
    }
    this.low = low;
    this.high = high;
  }

  digest(): string {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(~this.high >>> 0, 0);
    bytes.writeUInt32BE(~this.low >>> 0, 4);
    return bytes.toString('base64');
  }
}
