import type { Attributions } from './attributions.js';

/** Clarify's analysis.json. Values are on the scale on which a model adds up: of classifications the log-odds. */
export interface Analysis {
  readonly version: '1.0';
  readonly explanations: {
    readonly kernel_shap: Readonly<
      Record<string, { readonly global_shap_values: Readonly<Record<string, number>>; readonly expected_value: number }>
    >;
  };
}

/**
 * How much each column matters: the mean size of what it adds, over rows.
 *
 * @param outputs in the order of the labels
 * @param origins the column of each feature
 * @param columns all of them, those as well that no feature was made from
 */
export function analysisOf(
  outputs: readonly Attributions[],
  origins: readonly string[],
  columns: readonly string[],
): Analysis {
  const labels = outputs.map(({ expected, values }, index) => {
    const global_shap_values = Object.fromEntries(columns.map((name) => [name, meanSize(name, origins, values)]));
    return [`label${index}`, { global_shap_values, expected_value: expected }] as const;
  });
  return { version: '1.0', explanations: { kernel_shap: Object.fromEntries(labels) } };
}

/** Features of one column count together: what one adds another may take off. */
function meanSize(column: string, origins: readonly string[], values: readonly Float64Array[]): number {
  const own = values.filter((_, feature) => origins[feature] === column);
  const [first] = own;
  if (first === undefined || first.length === 0) return 0;
  let sum = 0;
  for (let row = 0; row < first.length; row += 1) {
    sum += Math.abs(own.reduce((total, feature) => total + feature[row]!, 0));
  }
  return sum / first.length;
}
