import { styleText } from 'node:util';
import { table } from 'table';

/** Wide enough for the tables below, and for most terminals. */
const LONGEST_CELL = 76;

export function say(line) {
  console.log(line);
}

export function heading(title) {
  const line = `== ${title}`;
  say(`\n${process.stdout.isTTY ? styleText('bold', line) : line}\n`);
}

/** Shows a statement, runs it, and shows its rows and what it sent. */
export async function statement(client, awsMl, sql) {
  say(`${sql}\n`);
  awsMl.resetStats();
  const began = performance.now();
  const result = await client.query({ text: sql, rowMode: 'array', types: asText });
  const seconds = (performance.now() - began) / 1000;
  const { command, rowCount, fields, rows } = result;
  if (sql.startsWith('EXPLAIN')) say(`${rows.join('\n')}\n`);
  else if (fields.length > 0) say(aligned([fields.map(({ name }) => name), ...rows]));
  if (command === 'INSERT') say(`${count(rowCount, 'row')} inserted\n`);
  for (const counts of awsMl.stats().filter(({ inputs }) => inputs > 0)) say(`${cost(counts, seconds)}\n`);
}

/** Values as PostgreSQL writes them. */
const asText = { getTypeParser: () => String };

function cost({ function: name, inputs, distinctInputs, requests }, seconds) {
  const distinct = distinctInputs < inputs ? ` (${distinctInputs} distinct)` : '';
  return `${name}: ${count(inputs, 'row')}${distinct} → ${count(requests, 'request')}, ${seconds.toFixed(2)} s`;
}

const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** With a line under the header only, as psql prints it. */
function aligned(rows) {
  const cells = rows.map((row) => row.map((value) => shorten(value ?? '')));
  return table(cells, { drawHorizontalLine: (line, size) => line <= 1 || line === size });
}

function shorten(value) {
  const text = String(value);
  return text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL - 1)}…`;
}

export function summary(requests, seconds) {
  heading('What reached the services');
  const services = ['comprehend', 'sagemaker', 'bedrock'];
  say(aligned([['service', 'requests'], ...services.map((service) => [service, requests.total(service)])]));
  say(`Done in ${seconds.toFixed(1)} s.`);
  heading('Where to go next');
  say(`README.md                swap the Pool in an application of yours
demo/steps.mjs           the statements above: change them and run again
docs/proxy.md            psql, psycopg, JDBC, Go and other clients
docs/services.md         what each function sends, and its limits
docs/testing-offline.md  tests of your own without AWS`);
}
