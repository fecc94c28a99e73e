import { annotateStructured, functionScansOf } from './annotate-structured.js';
import { annotateText, functionScansOfText } from './annotate-text.js';
import type { PlanAnnotations } from './annotation.js';
import type { ExplainFormat } from './explain-statement.js';
import { type StructuredFormat, structuredFormats } from './structured-format.js';

/** How the rows of EXPLAIN are read and added to. */
export interface PlanFormat {
  /** The aliases of the Function Scans, in the order of the plan. */
  functionScans(rows: readonly string[]): string[];
  annotate(rows: readonly string[], annotations: PlanAnnotations, verbose: boolean): string[];
}

const text: PlanFormat = { functionScans: functionScansOfText, annotate: annotateText };

const structured = (format: StructuredFormat): PlanFormat => ({
  functionScans: (rows) => rows.flatMap((plan) => functionScansOf(plan, format)),
  annotate: (rows, annotations, verbose) => rows.map((plan) => annotateStructured(plan, annotations, verbose, format)),
});

export const planFormats: Readonly<Record<ExplainFormat, PlanFormat>> = {
  text,
  json: structured(structuredFormats.json),
  xml: structured(structuredFormats.xml),
  yaml: structured(structuredFormats.yaml),
};
