import { Pool } from 'pg-aws-ml';

globalThis.pool ??= new Pool();

export const dynamic = 'force-dynamic';

export async function GET() {
  const { rows } = await globalThis.pool.query(
    `SELECT (aws_comprehend.detect_sentiment('What a wonderful stay!', 'en')).sentiment`,
  );
  return Response.json(rows);
}
