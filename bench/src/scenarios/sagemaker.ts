import { predictions } from './expert.js';
import type { Scenario } from './scenario.js';

const sagemaker = (size: number): Scenario => ({
  name: `sagemaker-${size}`,
  title: `invoke_endpoint of four numeric columns, ${size} rows a request`,
  contestants: {
    pool: async ({ pool }, { readings }) => {
      const call = `aws_sagemaker.invoke_endpoint('meter', ${size}, a, b, c, d)`;
      const { rows } = await pool.query<{ id: number; output: string }>(
        `SELECT id, ${call} AS output FROM ${readings}`,
      );
      return { rows: rows.length, checksum: rows.reduce((sum, row) => sum + Number(row.output), 0) };
    },
    expert64: async (tools, { readings }) => {
      const rows: { id: number; output: string }[] = [];
      for await (const part of predictions(tools, readings, size, 64)) rows.push(...part);
      return { rows: rows.length, checksum: rows.reduce((sum, row) => sum + Number(row.output), 0) };
    },
  },
});

export const sagemaker1000 = sagemaker(1_000);
export const sagemaker10000 = sagemaker(10_000);
