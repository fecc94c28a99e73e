// acceptance-verdict.mjs RESULTS [--record]: names the cases of acceptance-passing.txt that do not pass, and fails if
// there are any; or records the cases that pass. Without that file no case decides.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [, , path, option] = process.argv;
const list = new URL('acceptance-passing.txt', import.meta.url);
const { results } = JSON.parse(readFileSync(path, 'utf8'));
const passing = results.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name);

if (option === '--record') {
  writeFileSync(list, `${passing.sort().join('\n')}\n`);
} else if (existsSync(list)) {
  const promised = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  const broken = promised.filter((name) => !passing.includes(name));
  for (const name of broken) console.log(`acceptance: ${name} passed once and does not pass now`);
  if (broken.length > 0) process.exitCode = 1;
}
