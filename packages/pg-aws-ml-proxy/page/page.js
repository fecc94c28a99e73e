// The page: asks for the status every other second while somebody looks, and shows it.
import { bytes, count, dollars, duration } from './format.js';
import { Plots } from './plots.js';
import { showTable, withText } from './tables.js';

/** @typedef {import('../src/admin/status.js').Status & { moments: import('../src/admin/history.js').Moment[] }} Status */

const INTERVAL_MS = 2_000;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const plots = new Plots(element('plots'));
/** @type {number | undefined} */
let startedAt;

async function refresh() {
  const response = await fetch(`status.json?since=${plots.latest}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(response.statusText);
  const status = /** @type {Status} */ (await response.json());
  if (startedAt !== undefined && startedAt !== status.startedAt) plots.forget();
  startedAt = status.startedAt;
  show(status);
}

/** @param {Status} status */
function show(status) {
  showState(status.state);
  const processes = status.processes === 1 ? '' : `, ${status.processes} processes`;
  element('about').textContent = `version ${status.version}${processes}, up ${duration(status.at - status.startedAt)}`;
  showFigures(status);
  plots.add(status.moments);
  showSent(status);
  showSlow(status);
  showSessions(status);
  showBounds(status);
  showErrors('errors', status.errors, 'No client was told an error.');
  showErrors('refused', status.refused, 'None.');
}

/** @param {string} state */
function showState(state) {
  element('state').textContent = state;
  element('state').className = `state ${state}`;
}

/** @param {Status} status */
function showFigures(status) {
  const { statements, functions, targets } = status;
  /** @param {readonly number[]} values */
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const inputs = sum(functions.map((one) => one.inputs));
  const sent = sum(functions.map((one) => one.sentInputs));
  const throttles = sum(functions.map((one) => one.throttles));
  const unpriced = sum(targets.map((one) => one.unpricedInputs));
  /** @type {readonly [string, string, string][]} */
  const figures = [
    ['Clients', count(status.clients), `${count(status.active)} active`],
    ['Statements', count(statements.native + statements.ours), `${count(statements.ours)} with ML calls`],
    ['Running', count(status.running), 'with ML calls'],
    ['Inputs', count(inputs), `${count(sent)} sent`],
    ['Requests', count(sum(functions.map((one) => one.requests))), `${count(throttles)} throttled`],
    [
      'Cost',
      dollars(sum(targets.map((one) => one.costUsd))),
      unpriced > 0 ? `${count(unpriced)} inputs unpriced` : 'all priced',
    ],
    ['Memory', bytes(status.memoryBytes), `${bytes(status.heldBytes)} in transit`],
  ];
  element('figures').replaceChildren(
    ...figures.map(([name, value, more]) => {
      const figure = document.createElement('div');
      const description = withText('dd', value);
      description.append(withText('small', more));
      figure.append(withText('dt', name), description);
      return figure;
    }),
  );
}

/** @param {Status} status */
function showSent({ targets, functions }) {
  showTable(
    'targets',
    targets.toSorted((a, b) => b.costUsd - a.costUsd || b.inputs - a.inputs),
    [
      { name: 'function', of: (row) => row.function },
      { name: 'model', of: (row) => row.target ?? 'others' },
      { name: 'inputs', of: (row) => count(row.inputs), kind: 'number' },
      { name: 'requests', of: (row) => count(row.requests), kind: 'number' },
      { name: 'in flight', of: (row) => count(row.inFlight), kind: 'number' },
      { name: 'failed', of: (row) => count(row.failures), kind: 'number' },
      {
        name: 'average',
        of: (row) => (row.requests > 0 ? duration(row.requestMs / row.requests) : '–'),
        kind: 'number',
      },
      { name: 'cost', of: (row) => (row.unpricedInputs < row.inputs ? dollars(row.costUsd) : '–'), kind: 'number' },
    ],
    'Nothing was sent yet.',
  );
  showTable(
    'functions',
    functions,
    [
      { name: 'function', of: (row) => row.function },
      { name: 'evaluations', of: (row) => count(row.inputs), kind: 'number' },
      { name: 'sent', of: (row) => count(row.sentInputs), kind: 'number' },
      { name: 'equal inputs', of: (row) => count(row.inputs - row.distinctInputs), kind: 'number' },
      { name: 'other statements', of: (row) => count(row.sharedInputs), kind: 'number' },
      { name: 'cache', of: (row) => count(row.cachedInputs), kind: 'number' },
      { name: 'retries', of: (row) => count(row.retries), kind: 'number' },
      { name: 'throttles', of: (row) => count(row.throttles), kind: 'number' },
      { name: 'failed', of: (row) => count(row.errors), kind: 'number' },
    ],
    'No ML function was called yet.',
  );
}

/** @param {Status} status */
function showSlow({ slow }) {
  showTable(
    'slow',
    slow,
    [
      { name: 'fingerprint', of: (row) => row.fingerprint, kind: 'code' },
      { name: 'command', of: (row) => row.command },
      { name: 'way', of: (row) => row.way ?? '–' },
      { name: 'executions', of: (row) => count(row.count), kind: 'number' },
      { name: 'rows', of: (row) => count(row.rows), kind: 'number' },
      { name: 'failed', of: (row) => count(row.failures), kind: 'number' },
      { name: 'average', of: (row) => duration(row.totalMs / row.count), kind: 'number' },
      { name: 'longest', of: (row) => duration(row.maxMs), kind: 'number' },
    ],
    'No statement with ML calls has ended yet.',
  );
}

/** @param {Status} status */
function showSessions({ sessions, at }) {
  showTable(
    'sessions',
    sessions,
    [
      { name: 'user', of: (row) => row.user },
      { name: 'database', of: (row) => row.database },
      { name: 'state', of: (row) => row.state },
      { name: 'since', of: (row) => duration(Math.max(0, at - row.since)), kind: 'number' },
    ],
    'No client is connected.',
  );
}

/** @param {Status} status */
function showBounds({ limits, budgets }) {
  showTable(
    'limits',
    limits,
    [
      { name: 'service', of: (row) => row.service },
      { name: 'model', of: (row) => row.target ?? 'all' },
      { name: 'at once', of: (row) => count(row.limit), kind: 'number' },
    ],
    'No service was called yet.',
  );
  const lines = budgets.flatMap(({ user, database, limits: most, spent }) => {
    const owner = `${user} in ${database}`;
    return [
      { owner, what: 'requests', spent: spent.requests, most: most.maxRequests, format: count },
      { owner, what: 'inputs', spent: spent.inputs, most: most.maxInputs, format: count },
      { owner, what: 'cost', spent: spent.costUsd, most: most.maxCostUsd, format: dollars },
    ];
  });
  showTable(
    'budgets',
    lines.filter(({ most }) => most !== undefined),
    [
      { name: 'user', of: (row) => row.owner },
      { name: 'of', of: (row) => row.what },
      { name: 'left', of: (row) => row.format(Math.max(0, (row.most ?? 0) - row.spent)), kind: 'number' },
      { name: 'limit', of: (row) => row.format(row.most ?? 0), kind: 'number' },
      { name: 'spent', of: (row) => meter(row.spent, row.most ?? 0), kind: 'number' },
    ],
    'No budget is set, or nothing was spent yet.',
  );
}

/**
 * @param {number} value
 * @param {number} max
 */
function meter(value, max) {
  const bar = document.createElement('meter');
  Object.assign(bar, { min: 0, max, low: max * 0.75, high: max * 0.9, optimum: 0, value });
  bar.title = `${Math.round((100 * value) / (max || 1))} %`;
  return bar;
}

/** Of https://www.postgresql.org/docs/current/errcodes-appendix.html, what a proxy comes upon. @type {Readonly<Record<string, string>>} */
const classes = {
  '08': 'connection',
  '0A': 'feature not supported',
  22: 'data',
  23: 'integrity constraint',
  25: 'transaction state',
  28: 'authorization',
  34: 'cursor name',
  38: 'external routine',
  '3D': 'database name',
  40: 'transaction rollback',
  42: 'syntax or access rule',
  53: 'insufficient resources',
  54: 'program limit',
  55: 'prerequisite state',
  57: 'operator intervention',
  58: 'system',
  P0: 'PL/pgSQL',
  XX: 'internal',
};

/**
 * @param {string} id
 * @param {Readonly<Record<string, number>>} counts
 * @param {string} empty
 */
function showErrors(id, counts, empty) {
  showTable(
    id,
    Object.entries(counts).sort(([, a], [, b]) => b - a),
    [
      { name: 'SQLSTATE', of: ([code]) => code, kind: 'code' },
      { name: 'class', of: ([code]) => classes[code.slice(0, 2)] ?? '–' },
      { name: 'count', of: ([, number]) => count(number), kind: 'number' },
    ],
    empty,
  );
}

async function run() {
  for (;;) {
    if (!document.hidden) {
      await refresh().catch(() => {
        element('state').textContent = 'no answer';
        element('state').className = 'state lost';
      });
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

void run();
