import type { AwsMl } from '../../index.js';

/** A line for each ML function that was called: rows, distinct inputs, requests, and what went wrong. */
export function costLines(awsMl: AwsMl): string[] {
  return awsMl
    .stats()
    .filter(({ inputs }) => inputs > 0)
    .map(({ function: name, inputs, distinctInputs, requests, retries, errors }) => {
      const counts = [`${inputs} rows`, `${distinctInputs} distinct inputs`, `${requests} requests`];
      if (retries > 0) counts.push(`${retries} retries`);
      if (errors > 0) counts.push(`${errors} errors`);
      return `${name}: ${counts.join(', ')}`;
    });
}
