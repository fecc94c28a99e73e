/** What keeps leaves from following single rows; names and meaning are XGBoost's. */
export interface Regularisation {
  /** L2 on what a leaf answers. */
  readonly lambda: number;
  /** L1 on what a leaf answers. */
  readonly alpha: number;
  /** Most that a leaf may answer, either way, before the learning rate; 0 is no limit. */
  readonly maxDeltaStep: number;
}

/** The Newton step of a leaf whose rows have these sums of gradients and second derivatives. */
export function leafValue(gradient: number, hessian: number, { lambda, alpha, maxDeltaStep }: Regularisation): number {
  const value = -shrink(gradient, alpha) / (hessian + lambda);
  if (!Number.isFinite(value)) return 0;
  return maxDeltaStep > 0 ? Math.max(-maxDeltaStep, Math.min(maxDeltaStep, value)) : value;
}

/** Twice the loss that such a leaf takes off. */
export function leafGain(gradient: number, hessian: number, regularisation: Regularisation): number {
  const { lambda, alpha, maxDeltaStep } = regularisation;
  if (maxDeltaStep === 0) {
    const shrunk = shrink(gradient, alpha);
    return (shrunk * shrunk) / (hessian + lambda);
  }
  const value = leafValue(gradient, hessian, regularisation);
  return -(2 * gradient * value + (hessian + lambda) * value * value + 2 * alpha * Math.abs(value));
}

function shrink(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}
