/**
 * Reviews of about 90 characters, all different unless `repeats`; readings of four numbers. A table of 2,500 rows
 * beside each to warm up with.
 */
export async function createTables(
  client: { query(sql: string): Promise<unknown> },
  rows: number,
  repeats: boolean,
): Promise<void> {
  for (const [suffix, count] of [
    ['', rows],
    ['_warm', 2_500],
  ] as const) {
    const text = repeats ? '(n + 1) / 2' : 'n';
    await client.query(`DROP TABLE IF EXISTS reviews${suffix}, readings${suffix}`);
    await client.query(`
      CREATE TABLE reviews${suffix} AS
      SELECT n AS id, 'The room was quiet, the breakfast late, and the view worth it: ${suffix} stay no. ' ||
        (${text})::text || ', ' || md5((${text})::text) AS body,
        NULL::text AS sentiment, NULL::float4 AS confidence
      FROM generate_series(1, ${count}) AS n;
      ALTER TABLE reviews${suffix} ADD PRIMARY KEY (id);
      CREATE TABLE readings${suffix} AS
      SELECT n AS id, n AS a, n * 0.5::float8 AS b, n % 7 AS c, n * 1.25::float8 AS d
      FROM generate_series(1, ${count}) AS n`);
    await client.query(`VACUUM ANALYZE reviews${suffix}`);
    await client.query(`VACUUM ANALYZE readings${suffix}`);
  }
}

export const tablesOf = (rows: number, warmUp: boolean) => {
  const suffix = warmUp ? '_warm' : '';
  return { reviews: `reviews${suffix}`, readings: `readings${suffix}`, rows: warmUp ? Math.min(rows, 2_500) : rows };
};
