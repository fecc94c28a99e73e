import { AwsError } from '../services/aws-error.js';
import type { Shape } from './shapes.js';

/** AWS names no more violations than this in one answer. */
const MAX_VIOLATIONS = 10;

/**
 * Checks a request as AWS does: a member of another JSON type can't be read (SerializationException), what breaks a
 * constraint is listed in one ValidationException. Members that no shape mentions are not looked at.
 */
export function checkShape(shape: Shape, value: unknown): void {
  const violations: string[] = [];
  check(shape, value, '', violations);
  if (violations.length === 0) return;
  const shown = violations.slice(0, MAX_VIOLATIONS);
  const count = shown.length === 1 ? '1 validation error' : `${shown.length} validation errors`;
  throw new AwsError('ValidationException', 400, `${count} detected: ${shown.join('; ')}`);
}

function check(shape: Shape, value: unknown, path: string, violations: string[]): void {
  if (shape.kind === 'text') checkText(shape, value, path, violations);
  else if (shape.kind === 'number') checkNumber(shape, value, path, violations);
  else if (shape.kind === 'list') checkList(shape, value, path, violations);
  else if (shape.kind === 'map') checkMap(shape, value, path, violations);
  else if (shape.kind === 'structure') checkStructure(shape, value, path, violations);
  else if (typeof value !== (shape.kind === 'boolean' ? 'boolean' : 'number')) throw unreadable();
}

function checkText(
  { min, max, pattern, values }: Extract<Shape, { kind: 'text' }>,
  value: unknown,
  path: string,
  violations: string[],
): void {
  if (typeof value !== 'string') throw unreadable();
  const fails = (constraint: string) => violations.push(violation(path, constraint, value));
  if (values !== undefined && !values.includes(value)) {
    fails(`Member must satisfy enum value set: [${values.join(', ')}]`);
  } else if (max !== undefined && value.length > max) {
    fails(`Member must have length less than or equal to ${max}`);
  } else if (min !== undefined && value.length < min) {
    fails(`Member must have length greater than or equal to ${min}`);
  } else if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    fails(`Member must satisfy regular expression pattern: ${pattern}`);
  }
}

function checkNumber(
  { whole, min, max }: Extract<Shape, { kind: 'number' }>,
  value: unknown,
  path: string,
  violations: string[],
): void {
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) throw unreadable();
  const fails = (constraint: string) => violations.push(violation(path, constraint, String(value)));
  if (min !== undefined && value < min) fails(`Member must have value greater than or equal to ${min}`);
  if (max !== undefined && value > max) fails(`Member must have value less than or equal to ${max}`);
}

function checkList(
  { of, min, max }: Extract<Shape, { kind: 'list' }>,
  value: unknown,
  path: string,
  violations: string[],
): void {
  if (!Array.isArray(value)) throw unreadable();
  checkLength(value.length, min, max, path, violations);
  for (const [index, item] of value.entries()) check(of, item, `${path}.${index + 1}.member`, violations);
}

function checkMap(
  { key, value: of, max }: Extract<Shape, { kind: 'map' }>,
  value: unknown,
  path: string,
  violations: string[],
): void {
  if (!isObject(value)) throw unreadable();
  const entries = Object.entries(value);
  checkLength(entries.length, undefined, max, path, violations);
  for (const [name, item] of entries) {
    check(key, name, `${path}.key`, violations);
    check(of, item, `${path}.${name}.value`, violations);
  }
}

function checkLength(
  length: number,
  min: number | undefined,
  max: number | undefined,
  path: string,
  violations: string[],
): void {
  if (max !== undefined && length > max) {
    violations.push(violation(path, `Member must have length less than or equal to ${max}`));
  }
  if (min !== undefined && length < min) {
    violations.push(violation(path, `Member must have length greater than or equal to ${min}`));
  }
}

function checkStructure(
  { required, optional }: Extract<Shape, { kind: 'structure' }>,
  value: unknown,
  path: string,
  violations: string[],
): void {
  if (!isObject(value)) throw unreadable();
  for (const [name, shape] of Object.entries({ ...required, ...optional })) {
    const at = path === '' ? memberName(name) : `${path}.${memberName(name)}`;
    const member = value[name];
    if (member !== undefined && member !== null) check(shape, member, at, violations);
    else if (Object.hasOwn(required, name)) violations.push(violation(at, 'Member must not be null', null));
  }
}

/** Messages name members as the service's own code does: they begin with a lower-case letter. */
const memberName = (name: string) => name.slice(0, 1).toLowerCase() + name.slice(1);

function violation(path: string, constraint: string, value?: string | null): string {
  const shown = value === undefined ? '' : value === null ? ' null' : ` '${value}'`;
  return `Value${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

const unreadable = () => new AwsError('SerializationException', 400, '');

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
