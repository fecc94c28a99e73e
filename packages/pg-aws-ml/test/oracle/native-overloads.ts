import type pg from 'pg';

/**
 * `invoke_endpoint` takes any types, which no ordinary function can: the native database gets an overload for every
 * combination that a statement asks for.
 */
export async function withNativeOverloads<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const types = missingTypes(error);
      if (types === undefined) throw error;
      await createOverload(client, types);
    }
  }
}

function missingTypes(error: unknown): string[] | undefined {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== '42883' && code !== '42725') return undefined;
  const list = /invoke_endpoint\((.*)\) (?:does not exist|is not unique)/.exec(message ?? '')?.[1];
  const types = list?.split(', ').slice(2);
  return types?.length ? types.map((type) => (type === 'unknown' ? 'text' : type)) : undefined;
}

/** An overload of every type in its place: a call of another would be taken by one that its values can be cast to. */
export async function createOverloads(client: pg.Client, types: readonly (readonly string[])[]): Promise<void> {
  const combinations = types.reduce<string[][]>(
    (all, next) => all.flatMap((some) => next.map((t) => [...some, t])),
    [[]],
  );
  for (const combination of combinations) await createOverload(client, combination);
}

async function createOverload(client: pg.Client, types: readonly string[]): Promise<void> {
  const parameters = types.map((type, i) => `IN model_input_${i + 1} ${type}`).join(', ');
  const fields = types.map((_, i) => `oracle.fields($${i + 3})`).join(' || ');
  await client.query(
    `CREATE OR REPLACE FUNCTION aws_sagemaker.invoke_endpoint(
       IN endpoint_name varchar, IN max_rows_per_batch int, ${parameters}, OUT model_output varchar)
     LANGUAGE plpgsql VOLATILE COST 5000 AS $$
     BEGIN model_output := oracle.predict($1, $2, ${fields}); END $$`,
  );
}
