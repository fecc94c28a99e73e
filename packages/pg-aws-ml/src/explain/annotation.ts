import type { LateralScan } from 'pg-rewriter';

/** A property in a structured format, or a group of them. */
export interface Property {
  readonly name: string;
  readonly value: string | number | readonly Property[];
}

/** What is added to a plan: one line of text, or what says the same in a structured format. */
export interface PlanLine {
  /** Undefined where text says nothing. */
  readonly text: string | undefined;
  readonly properties: readonly Property[];
}

/** What a plan is to show of one Function Scan. */
export interface ScanAnnotation {
  readonly scan: LateralScan;
  readonly lines: readonly PlanLine[];
}

export interface PlanAnnotations {
  readonly scans: readonly ScanAnnotation[];
  /** About the whole statement. */
  readonly statement: readonly PlanLine[];
}

/** One property whose text is `name: value`. */
export const propertyLine = (name: string, value: string): PlanLine => ({
  text: `${name}: ${value}`,
  properties: [{ name, value }],
});

export const findScan = ({ scans }: PlanAnnotations, alias: string): ScanAnnotation | undefined =>
  scans.find((s) => s.scan.alias === alias);
