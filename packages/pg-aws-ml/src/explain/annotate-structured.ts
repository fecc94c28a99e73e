import { findScan, type PlanAnnotations, type Property, type ScanAnnotation } from './annotation.js';
import type { StructuredFormat } from './structured-format.js';

/** The aliases of the Function Scans in a plan, in its order. */
export function functionScansOf(plan: string, format: StructuredFormat): string[] {
  const aliases: string[] = [];
  let indent: number | undefined;
  for (const line of plan.split('\n')) {
    const property = format.read(line);
    if (property?.name === 'Node Type') indent = property.value === 'Function Scan' ? property.indent : undefined;
    else if (property?.name === 'Alias' && property.indent === indent) aliases.push(property.value);
  }
  return aliases;
}

/** Adds annotations to a plan in JSON, YAML or XML. What PostgreSQL wrote stays as it is, to the digit. */
export function annotateStructured(
  plan: string,
  annotations: PlanAnnotations,
  verbose: boolean,
  format: StructuredFormat,
): string {
  return new StructuredPlan(annotations, verbose, format).annotate(plan.split('\n')).join('\n');
}

class StructuredPlan {
  readonly #annotations: PlanAnnotations;
  readonly #verbose: boolean;
  readonly #format: StructuredFormat;
  readonly #out: string[] = [];
  /** The Function Scan whose properties are being read. */
  #node: { readonly indent: number; scan: ScanAnnotation | undefined } | undefined;
  #inPlan = false;

  constructor(annotations: PlanAnnotations, verbose: boolean, format: StructuredFormat) {
    this.#annotations = annotations;
    this.#verbose = verbose;
    this.#format = format;
  }

  annotate(lines: readonly string[]): string[] {
    for (const line of lines) this.#line(line);
    return this.#out;
  }

  #line(line: string): void {
    const property = this.#format.read(line);
    if (property === undefined) {
      this.#out.push(line);
      return;
    }
    const { indent, name, value } = property;
    if (name === 'Plan' && !this.#inPlan) this.#beginPlan(line, indent);
    else if (name === 'Node Type') {
      this.#node = value === 'Function Scan' ? { indent, scan: undefined } : undefined;
      this.#out.push(line);
    } else if (this.#node?.indent !== indent) this.#out.push(line);
    else if (name === 'Alias') this.#alias(line, indent, value);
    else if (name === 'Function Call' && this.#node.scan !== undefined && !this.#node.scan.scan.isMlFunction) {
      this.#replace(line, indent, { name, value: this.#node.scan.scan.call });
    } else this.#out.push(line);
  }

  /** What is said of the statement goes before its plan. */
  #beginPlan(line: string, indent: number): void {
    this.#inPlan = true;
    const written = this.#annotations.statement
      .flatMap((l) => l.properties)
      .flatMap((p) => this.#format.write(indent, p));
    // In YAML the first property has the dash of the list.
    const dash = /^ *- /.exec(line)?.[0];
    const [first, ...rest] = written;
    if (dash === undefined || first === undefined) this.#out.push(...written, line);
    else this.#out.push(dash + first.slice(indent), ...rest, ' '.repeat(indent) + line.slice(indent));
  }

  /** PostgreSQL writes the alias last of the names. */
  #alias(line: string, indent: number, alias: string): void {
    const found = findScan(this.#annotations, alias);
    if (found !== undefined && this.#node !== undefined) {
      this.#node.scan = found;
      this.#dropNames(indent);
      const { schema, name } = found.scan;
      const names: Property[] = [{ name: 'Function Name', value: name }];
      if (this.#verbose) names.push({ name: 'Schema', value: schema });
      for (const p of [...names, ...found.lines.flatMap((l) => l.properties)]) {
        this.#out.push(...this.#format.write(indent, p));
      }
    }
    this.#out.push(line);
  }

  #dropNames(indent: number): void {
    for (;;) {
      const last = this.#format.read(this.#out.at(-1) ?? '');
      if (last?.indent !== indent || !['Function Name', 'Schema'].includes(last.name)) return;
      this.#out.pop();
    }
  }

  #replace(line: string, indent: number, property: Property): void {
    const [written = ''] = this.#format.write(indent, property);
    const isLast = written.endsWith(',') && !line.endsWith(',');
    this.#out.push(isLast ? written.slice(0, -1) : written);
  }
}
