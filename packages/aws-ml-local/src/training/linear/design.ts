import type { FeatureMatrix } from '../feature-matrix.js';

/** A column of numbers that linear models and networks read, made from a feature. */
export type DesignColumn =
  /** Standardised; a missing value is the mean. */
  | { readonly feature: number; readonly mean: number; readonly scale: number }
  /** 1 where the feature is of this category. */
  | { readonly feature: number; readonly category: number }
  /** 1 where the value is missing. */
  | { readonly feature: number; readonly missing: true };

/** Rows one after the other, each as wide as there are columns. */
export interface Design {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** Rarer ones count as none of them. */
const MOST_CATEGORIES = 100;

export function fitDesign({ columns, categories }: FeatureMatrix): DesignColumn[] {
  return columns.flatMap((values, feature): DesignColumn[] => {
    const own = categories[feature]! > 0 ? oneHot(feature, categories[feature]!) : standardised(feature, values);
    return values.some(Number.isNaN) ? [...own, { feature, missing: true }] : own;
  });
}

function oneHot(feature: number, categories: number): DesignColumn[] {
  return Array.from({ length: Math.min(categories, MOST_CATEGORIES) }, (_, category) => ({ feature, category }));
}

/** None for a feature that never changes. */
function standardised(feature: number, values: Float64Array): DesignColumn[] {
  const present = values.filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length;
  const scale = Math.sqrt(variance);
  return scale > 0 && Number.isFinite(scale) ? [{ feature, mean, scale }] : [];
}

export function designOf(design: readonly DesignColumn[], { rows, columns }: FeatureMatrix): Design {
  const width = design.length;
  const values = new Float64Array(rows * width);
  for (const [index, column] of design.entries()) {
    const source = columns[column.feature]!;
    for (let row = 0; row < rows; row += 1) values[row * width + index] = designValue(column, source[row]!);
  }
  return { rows, width, values };
}

function designValue(column: DesignColumn, value: number): number {
  if ('category' in column) return value === column.category ? 1 : 0;
  if ('missing' in column) return Number.isNaN(value) ? 1 : 0;
  return Number.isNaN(value) ? 0 : (value - column.mean) / column.scale;
}
