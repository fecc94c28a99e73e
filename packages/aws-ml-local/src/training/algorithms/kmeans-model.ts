import type { TrainedModel } from '../training-job.js';
import { matrixOfCells } from './request-cells.js';

/** As it is kept. */
export interface KmeansModel {
  readonly kind: 'kmeans';
  readonly centers: readonly (readonly number[])[];
}

export function loadKmeansModel({ centers }: KmeansModel): TrainedModel {
  return {
    algorithm: 'kmeans',
    predict(rows) {
      const { columns } = matrixOfCells(rows, centers[0]!.length, { missingAllowed: false });
      return rows.map((_, row) => {
        const { center, distance } = nearestCenter(
          centers,
          columns.map((column) => column[row]!),
        );
        return { predictedLabel: String(center), distanceToCluster: distance };
      });
    },
  };
}

/** Of equally near ones the first. */
export function nearestCenter(
  centers: readonly (readonly number[])[],
  point: readonly number[],
): { center: number; distance: number } {
  let nearest = { center: 0, distance: Number.POSITIVE_INFINITY };
  for (const [center, values] of centers.entries()) {
    const distance = Math.hypot(...values.map((value, index) => value - point[index]!));
    if (distance < nearest.distance) nearest = { center, distance };
  }
  return nearest;
}
