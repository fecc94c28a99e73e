import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { JobFailure } from './errors.js';

const MODEL_FILE = 'model.json';

/** model.tar.gz, the same bytes for the same model. */
export async function packModel(model: Uint8Array): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: MODEL_FILE, mtime: new Date(0) }, Buffer.from(model));
  archive.finalize();
  return gzipSync(await buffer(archive));
}

/** @throws JobFailure for what isn't an archive of a local model */
export async function unpackModel(archive: Buffer): Promise<Buffer> {
  try {
    const unpacked = extract();
    unpacked.end(gunzipSync(archive));
    for await (const entry of unpacked) {
      if (entry.header.name === MODEL_FILE) return await buffer(entry);
      entry.resume();
    }
  } catch {
    // Said below: whatever is wrong with it, there is no model in it.
  }
  throw new JobFailure(`The model archive holds no ${MODEL_FILE}: it was not trained here.`);
}
