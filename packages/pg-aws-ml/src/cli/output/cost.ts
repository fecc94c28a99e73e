import type { AwsMl } from '../../index.js';

/** A line for each ML function that was called: rows, distinct inputs, requests, and what went wrong. */
export function costLines(awsMl: AwsMl): string[] {
  return awsMl
    .stats()
    .filter(({ inputs }) => inputs > 0)
    .map(({ function: name, inputs, distinctInputs, cachedInputs, sharedInputs, requests, retries, errors }) => {
      const counts = [count(inputs, 'row'), count(distinctInputs, 'distinct input')];
      if (cachedInputs > 0) counts.push(`${cachedInputs} from the cache`);
      if (sharedInputs > 0) counts.push(`${sharedInputs} shared with other statements`);
      counts.push(count(requests, 'request'));
      if (retries > 0) counts.push(count(retries, 'retry', 'retries'));
      if (errors > 0) counts.push(count(errors, 'error'));
      return `${name}: ${counts.join(', ')}`;
    });
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
