/** A step on valibot's way to a value: the object or array in which it lies, and its key there. */
export interface PathItem {
  readonly input: unknown;
  readonly key: unknown;
  readonly value: unknown;
}

/** The members of valibot's schemas that lead to the schemas within. */
interface AnySchema {
  readonly wrapped?: AnySchema;
  readonly getter?: (input: unknown) => AnySchema;
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly value?: AnySchema;
  readonly item?: AnySchema;
}

/** The keys that a schema knows of the object at the end of a path; none where it knows no object there. */
export function keysKnownAt(schema: object, path: readonly PathItem[]): readonly string[] {
  let found: AnySchema | undefined = schema as AnySchema;
  for (const { input, key } of path) {
    const outer = unwrapped(found, input);
    found = outer?.entries?.[String(key)] ?? outer?.value ?? outer?.item;
  }
  return Object.keys(unwrapped(found, path.at(-1)?.value ?? {})?.entries ?? {});
}

function unwrapped(schema: AnySchema | undefined, input: unknown): AnySchema | undefined {
  let found = schema;
  while (found?.wrapped !== undefined || found?.getter !== undefined) found = found.wrapped ?? found.getter?.(input);
  return found;
}
