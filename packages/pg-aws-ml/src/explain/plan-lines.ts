import type { FunctionStats, MlFunctionName } from 'aws-ml-core';
import type { LateralScan } from 'pg-rewriter';
import type { TargetEstimate } from '../estimate/estimate-requests.js';
import { type PlanAnnotations, type PlanLine, propertyLine, type ScanAnnotation } from './annotation.js';
import type { TargetStats } from './invocations-by-target.js';

/** What is to be said of the calls to one endpoint, model or language. */
export interface TargetLines {
  readonly function: MlFunctionName;
  /** Undefined where it isn't constant. */
  readonly name: string | null | undefined;
  readonly lines: readonly PlanLine[];
}

/**
 * Attributes what is said of calls to the Function Scans that make them; the rest is the statement's.
 * @param aliases of the Function Scans in the plan
 */
export function annotations(
  aliases: readonly string[],
  scans: readonly LateralScan[],
  targets: readonly TargetLines[],
  remarks: readonly PlanLine[],
): PlanAnnotations {
  const firstOf = new Map<TargetLines, string>();
  const annotated = scansInPlan(aliases, scans).map((scan): ScanAnnotation => {
    const lines = targets
      .filter((target) => reaches(scan, target))
      .flatMap((target) => {
        const first = firstOf.get(target);
        if (first !== undefined) return [propertyLine('Batches Shared With', first)];
        firstOf.set(target, scan.alias);
        return target.lines;
      });
    return { scan, lines };
  });
  const others = targets.filter((t) => !firstOf.has(t)).flatMap((t, i) => targetLines(t, i + 1));
  return { scans: annotated, statement: [...remarks, ...others] };
}

/** The scans under the aliases that the plan has for them: those that stand more than once are numbered. */
function scansInPlan(aliases: readonly string[], scans: readonly LateralScan[]): LateralScan[] {
  const named = (name: string) => scans.find((s) => s.alias === name);
  return aliases.flatMap((alias) => {
    const scan = named(alias) ?? named(alias.replace(/_\d+$/, ''));
    return scan === undefined ? [] : [{ ...scan, alias }];
  });
}

const reaches = (scan: LateralScan, target: TargetLines): boolean =>
  scan.targets.some((t) => t.function === target.function && (t.name === undefined || t.name === target.name));

/** What is expected to be sent. */
export function estimateLines({ function: functionName, name, ...estimate }: TargetEstimate): TargetLines {
  const { inputs, distinctInputs, requests, costUsd } = estimate;
  const cost = costUsd === undefined ? undefined : Number(costUsd.toFixed(6));
  const text = `Estimated Inputs: ${inputs}  Distinct Inputs: ${distinctInputs}  Requests: ${requests}`;
  const properties = [
    { name: 'Estimated Inputs', value: inputs },
    { name: 'Estimated Distinct Inputs', value: distinctInputs },
    { name: 'Estimated Requests', value: requests },
    ...(cost === undefined ? [] : [{ name: 'Estimated Cost USD', value: cost }]),
  ];
  const line = { text: `${text}  Cost: ${cost === undefined ? 'unknown' : `${cost} USD`}`, properties };
  return { function: functionName, name, lines: [line] };
}

/**
 * Batches as Aurora shows them, then what they were for.
 * @param batched whether there are batches: not where calls are made one by one
 */
export function statsLines({ function: functionName, name, stats }: TargetStats, batched: boolean): TargetLines {
  const lines = inputLines(stats);
  return { function: functionName, name, lines: batched ? [batchLine(stats), ...lines] : lines };
}

function batchLine({ batches }: FunctionStats): PlanLine {
  const { size, callTimeMs } = batches;
  const three = (s: { avg: number; min: number; max: number }): string =>
    [s.avg, s.min, s.max].map((n) => n.toFixed(3)).join('/');
  return {
    text: `Batch Processing: num batches=${batches.count} avg/min/max batch size=${three(size)} avg/min/max batch call time=${three(callTimeMs)}`,
    properties: [
      {
        name: 'Batch Processing',
        value: [
          number('Num Batches', batches.count),
          number('Average Batch Size', size.avg),
          number('Minimum Batch Size', size.min),
          number('Maximum Batch Size', size.max),
          number('Average Batch Call Time', callTimeMs.avg),
          number('Minimum Batch Call Time', callTimeMs.min),
          number('Maximum Batch Call Time', callTimeMs.max),
        ],
      },
    ],
  };
}

const number = (name: string, value: number) => ({ name, value: Number(value.toFixed(3)) });

function inputLines(stats: FunctionStats): PlanLine[] {
  const { inputs, distinctInputs, requests, retries, cachedInputs, sharedInputs, sentInputs } = stats;
  return [
    {
      text: `Inputs: ${inputs}  Distinct Inputs: ${distinctInputs}  Requests: ${requests}  Retries: ${retries}`,
      properties: [
        number('Inputs', inputs),
        number('Distinct Inputs', distinctInputs),
        number('Requests', requests),
        number('Retries', retries),
      ],
    },
    {
      // As with buffers: text without what there is none of, the other formats always.
      text:
        cachedInputs + sharedInputs === 0
          ? undefined
          : `Cached Inputs: ${cachedInputs}  Shared Inputs: ${sharedInputs}  Sent Inputs: ${sentInputs}`,
      properties: [
        number('Cached Inputs', cachedInputs),
        number('Shared Inputs', sharedInputs),
        number('Sent Inputs', sentInputs),
      ],
    },
  ];
}

/** Calls that stand nowhere in the plan. */
function targetLines({ function: functionName, lines }: TargetLines, number: number): PlanLine[] {
  const properties = [{ name: 'Function Name', value: functionName }, ...lines.flatMap((l) => l.properties)];
  return [
    { text: `ML Function: ${functionName}`, properties: [{ name: `ML Function ${number}`, value: properties }] },
    ...lines.map(({ text }) => ({ text: text && `  ${text}`, properties: [] })),
  ];
}
