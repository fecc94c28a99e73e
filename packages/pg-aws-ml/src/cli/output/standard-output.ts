import { once } from 'node:events';
import { exitCodes } from '../failure.js';
import { describeError } from './error-text.js';

/** Said of what is written there, whoever writes it. A reader that has seen enough (`… | head`) is no failure. */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.fine);
    process.stderr.write(`pg-aws-ml: cannot write to standard output: ${describeError(error)}\n`);
    process.exit(exitCodes.fatal);
  });
}

const FEW = 65_536;

/** Collects small texts, because each write costs a system call. */
export class BufferedOutput {
  #texts: string[] = [];
  #length = 0;

  /** @returns whether standard output takes more at once; else it is time to wait for `drained` */
  write(text: string): boolean {
    this.#texts.push(text);
    this.#length += text.length;
    return this.#length < FEW || this.flush();
  }

  flush(): boolean {
    if (this.#length === 0) return true;
    const text = this.#texts.join('');
    this.#texts = [];
    this.#length = 0;
    return process.stdout.write(text);
  }

  async drained(): Promise<void> {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  }
}
