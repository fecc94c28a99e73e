import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseCsv } from '../csv.js';
import { hash32, type Random, seededRandom } from '../random.js';
import type { EndpointContext, RandomCutForestEndpoint } from './endpoint.js';

type Point = readonly number[];

interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

interface Node {
  readonly box: Box;
  readonly size: number;
  readonly cut?: { readonly dimension: number; readonly value: number; readonly left: Node; readonly right: Node };
}

/** A forest that learns as it goes is grown anew when this share of the rows it remembers is new. */
const RELEARN_SHARE = 0.5;

/** Anomaly scores of rows: about 1 for ordinary ones, several times that for outliers. Deterministic by seed. */
export function randomCutForest(
  config: RandomCutForestEndpoint,
  context: EndpointContext,
): (fields: string[]) => number {
  const { trees = 50, samples = 256 } = config;
  const seed = hash32(context.name, context.seed);
  const grow = (points: readonly Point[]) => {
    const random = seededRandom(seed);
    return Array.from({ length: trees }, () => growTree(sample(points, samples, random), random));
  };
  if (config.train !== undefined) {
    const forest = grow(trainingRows(config.train, config.columns, context));
    return (fields) => scorePoint(forest, toPoint(fields));
  }
  let window: Point[] = [];
  let forest: Node[] = [];
  let unlearned = 0;
  return (fields) => {
    const point = toPoint(fields);
    const score = scorePoint(forest, point);
    window = [...window.slice(1 - samples), point];
    unlearned += 1;
    if (unlearned >= window.length * RELEARN_SHARE) {
      forest = grow(window);
      unlearned = 0;
    }
    return score;
  };
}

const toPoint = (fields: readonly string[]): Point => fields.map((field) => Number(field) || 0);

function trainingRows(
  train: string | ReadonlyArray<Point>,
  columns: readonly string[] | undefined,
  { name, baseDirectory }: EndpointContext,
): readonly Point[] {
  if (typeof train !== 'string') return train;
  const [header = [], ...rows] = parseCsv(readFileSync(resolve(baseDirectory, train), 'utf8').replace(/^\uFEFF/, ''));
  const numeric = (_: string, index: number) => Number.isFinite(Number(rows[0]?.[index] || 'x'));
  const chosen = (columns ?? header.filter(numeric)).map((column) => header.indexOf(column));
  if (chosen.length === 0 || chosen.includes(-1)) {
    throw new Error(`endpoint ${name}: the training file lacks the columns to learn from`);
  }
  return rows.map((row) => toPoint(chosen.map((index) => row[index] ?? '')));
}

function sample(points: readonly Point[], size: number, random: Random): Point[] {
  const pool = [...points];
  const count = Math.min(size, pool.length);
  for (let index = 0; index < count; index += 1) {
    const other = index + Math.floor(random() * (pool.length - index));
    [pool[index], pool[other]] = [pool[other] as Point, pool[index] as Point];
  }
  return pool.slice(0, count);
}

/** Cuts at random, dimensions weighted by their extent, until the points of a node are all alike. */
function growTree(points: readonly Point[], random: Random): Node {
  const box = boundingBox(points);
  const extents = box.high.map((high, dimension) => high - (box.low[dimension] ?? 0));
  const total = extents.reduce((a, b) => a + b, 0);
  if (points.length < 2 || total === 0) return { box, size: points.length };
  const dimension = chooseDimension(extents, random() * total);
  const value = (box.low[dimension] ?? 0) + random() * (extents[dimension] ?? 0);
  const below = points.filter((point) => (point[dimension] ?? 0) <= value);
  const above = points.filter((point) => (point[dimension] ?? 0) > value);
  if (below.length === 0 || above.length === 0) return { box, size: points.length };
  const cut = { dimension, value, left: growTree(below, random), right: growTree(above, random) };
  return { box, size: points.length, cut };
}

/** The dimension that the point `at` falls into when the extents are laid end to end. */
function chooseDimension(extents: readonly number[], at: number): number {
  let end = 0;
  for (const [dimension, extent] of extents.entries()) {
    end += extent;
    if (at < end) return dimension;
  }
  return extents.findIndex((extent) => extent > 0);
}

function boundingBox(points: readonly Point[]): Box {
  const dimensions = points[0]?.length ?? 0;
  const low = new Array<number>(dimensions).fill(Infinity);
  const high = new Array<number>(dimensions).fill(-Infinity);
  for (const point of points) {
    for (let dimension = 0; dimension < dimensions; dimension += 1) {
      const value = point[dimension] ?? 0;
      low[dimension] = Math.min(low[dimension] ?? value, value);
      high[dimension] = Math.max(high[dimension] ?? value, value);
    }
  }
  return { low, high };
}

function scorePoint(forest: readonly Node[], point: Point): number {
  if (forest.length === 0) return 0;
  const total = forest.reduce((sum, tree) => sum + treeScore(tree, point, 0) * Math.log2(tree.size + 1), 0);
  return total / forest.length;
}

/**
 * Expected inverse depth at which random cuts would set the point apart: at each node the chance that a cut of the box
 * widened to hold the point falls between the two is the share of the widening in the widened box.
 */
function treeScore(node: Node, point: Point, depth: number): number {
  let widening = 0;
  let extent = 0;
  for (const [dimension, low] of node.box.low.entries()) {
    const value = point[dimension] ?? 0;
    const high = node.box.high[dimension] ?? low;
    widening += Math.max(0, low - value) + Math.max(0, value - high);
    extent += high - low;
  }
  const apart = widening === 0 ? 0 : widening / (widening + extent);
  const whenApart = 1 / (depth + 1);
  if (node.cut === undefined) {
    return apart * whenApart + (1 - apart) / (depth + 1 + Math.log2(node.size));
  }
  const { dimension, value, left, right } = node.cut;
  const child = (point[dimension] ?? 0) <= value ? left : right;
  return apart * whenApart + (1 - apart) * (apart === 1 ? 0 : treeScore(child, point, depth + 1));
}
