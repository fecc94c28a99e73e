import { readFile, rename, writeFile } from 'node:fs/promises';
import { emptyState, type SageMakerState } from './state.js';

/** Keeps the state in a JSON file, which is replaced all at once. Without a path nothing is kept. */
export class StateFile {
  private writing: Promise<void> | undefined;
  private changedSince = false;
  private failure: unknown;

  private constructor(
    private readonly path: string | undefined,
    readonly state: SageMakerState,
  ) {}

  /** @throws Error for a file that holds something else */
  static async open(path: string | undefined): Promise<StateFile> {
    const text = path === undefined ? undefined : await readIfThere(path);
    return new StateFile(path, text === undefined ? emptyState() : parse(text, path ?? ''));
  }

  /** Writes the state soon; what changes meanwhile is written after that. */
  changed(): void {
    if (this.path === undefined) return;
    this.changedSince = true;
    this.writing ??= this.write(this.path)
      .catch((error: unknown) => {
        this.failure = error;
      })
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** @throws what the last attempt to write has failed with */
  async close(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
  }

  private async write(path: string): Promise<void> {
    while (this.changedSince) {
      // Changes of one request are written together.
      await new Promise(setImmediate);
      this.changedSince = false;
      await writeFile(`${path}.new`, JSON.stringify(this.state, mapsAsEntries));
      await rename(`${path}.new`, path);
      this.failure = undefined;
    }
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const mapsAsEntries = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);

function parse(text: string, path: string): SageMakerState {
  try {
    const kept = JSON.parse(text) as Record<keyof SageMakerState, [string, never][]>;
    const names = Object.keys(emptyState()) as (keyof SageMakerState)[];
    return Object.fromEntries(names.map((name) => [name, new Map(kept[name])])) as unknown as SageMakerState;
  } catch (cause) {
    throw new Error(`data: ${path} does not hold what SageMaker has kept`, { cause });
  }
}
