import { describe, expect, it } from 'vitest';
import { type ChosenWay, chooseWay, type WayFacts } from './choose-way.js';

const splittable: WayFacts = {
  planDeclined: undefined,
  hasUnseenCalls: false,
  lacksSnapshot: false,
  callsUnnamed: false,
  functionMigration: true,
  mayRunLive: true,
  runsProgram: false,
  standsAlone: false,
  declaresCursor: false,
  movesCursors: false,
  refusals: {},
  forced: undefined,
};

const table: readonly [name: string, facts: Partial<WayFacts>, chosen: ChosenWay][] = [
  ['a batch plan', {}, { way: 'batch', reason: undefined }],
  ['no batch plan', { planDeclined: 'why' }, { way: 'replay', reason: 'why' }],
  [
    'calls of triggers',
    { hasUnseenCalls: true },
    { way: 'replay', reason: 'functions, triggers or policies make the calls' },
  ],
  [
    'several snapshots',
    { lacksSnapshot: true },
    { way: 'replay', reason: 'the statement reads tables in several queries, which need one snapshot' },
  ],
  [
    'calls that the role may not name',
    { callsUnnamed: true },
    { way: 'replay', reason: 'the role may not use the schema of an ML function' },
  ],
  ['a plan that turns out not to do', { refusals: { batch: 'types' } }, { way: 'replay', reason: 'types' }],
  [
    'a replay that turns out not to do',
    { planDeclined: 'why', refusals: { replay: 'unsteady' } },
    { way: 'live', reason: 'unsteady' },
  ],
  ['row mode', { functionMigration: false }, { way: 'live', reason: 'row mode' }],
  [
    'row mode where nothing arrives meanwhile',
    { functionMigration: false, mayRunLive: false },
    { way: 'replay', reason: 'apg_enable_function_migration is off' },
  ],
  [
    'row mode of a cursor',
    { functionMigration: false, declaresCursor: true },
    { way: 'replay', reason: 'apg_enable_function_migration is off' },
  ],
  [
    'a statement that no block takes',
    { planDeclined: 'why', standsAlone: true },
    { way: 'live', reason: 'the statement cannot run in a transaction block' },
  ],
  [
    'functions that move a cursor',
    { movesCursors: true },
    { way: 'live', reason: 'functions move a cursor that is open' },
  ],
  ['a program', { planDeclined: 'why', runsProgram: true }, { way: 'live', reason: 'the statement runs a program' }],
  [
    'a cursor that cannot be replayed',
    { planDeclined: 'why', declaresCursor: true, refusals: { replay: 'unsteady' } },
    { way: 'none', reason: 'a cursor is read when its statement has ended' },
  ],
  ['a forced replay', { forced: 'replay' }, { way: 'replay', reason: undefined }],
  ['a forced live', { forced: 'live' }, { way: 'live', reason: undefined }],
  ['a forced batch without a plan', { forced: 'batch', planDeclined: 'why' }, { way: 'none', reason: 'why' }],
  [
    'a forced replay that refuses',
    { forced: 'replay', refusals: { replay: 'unsteady' } },
    { way: 'none', reason: 'unsteady' },
  ],
];

describe('the way of a statement', () => {
  it.each(table)('%s', (_name, facts, chosen) => {
    expect(chooseWay({ ...splittable, ...facts })).toEqual(chosen);
  });
});
