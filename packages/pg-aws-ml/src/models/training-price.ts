import type { ModelSpec } from './model-spec.js';

/** US dollars an hour of the instances that train by default, in us-east-1. The bill says what it was. */
const AUTOPILOT_HOUR = 0.922;
const hours: Readonly<Record<string, number>> = {
  'ml.m5.large': 0.115,
  'ml.m5.xlarge': 0.23,
  'ml.m5.2xlarge': 0.461,
  'ml.m5.4xlarge': 0.922,
};

/** Autopilot trains on several instances at once. */
const AUTOPILOT_INSTANCES = 4;

export interface Price {
  /** US dollars; undefined where the price of the instance isn't known. */
  readonly dollars: number | undefined;
  readonly text: string;
}

/** What training costs at most, if it takes all of MAX_RUNTIME; or what it has cost, by the seconds that AWS bills. */
export function priceCeiling({ kind, training }: ModelSpec, billedSeconds?: number): Price {
  if (training === undefined) return { dollars: 0, text: '0.00' };
  const autopilot = kind === 'auto' || kind === 'mlp';
  const perHour = autopilot ? AUTOPILOT_HOUR * AUTOPILOT_INSTANCES : hours[training.instanceType];
  if (perHour === undefined) return { dollars: undefined, text: `unknown for ${training.instanceType}` };
  const seconds = billedSeconds ?? training.maxRuntimeSeconds;
  const dollars = (perHour * seconds) / 3600;
  return { dollars, text: `${billedSeconds === undefined ? 'at most ' : ''}${dollars.toFixed(2)}` };
}
