import { Pool } from 'pg-aws-ml';

const pool = new Pool();
await pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
const { rows } = await pool.query(`SELECT s.sentiment FROM aws_comprehend.detect_sentiment('I love it!', 'en') AS s`);
console.log(rows[0].sentiment);
await pool.end();
