/** What the demo runs: plain Aurora SQL, as an application has it. */
export const steps = [
  {
    title: 'What do customers say? (Amazon Comprehend)',
    sql: `SELECT s.sentiment, count(*) AS reviews, round(avg(stars), 1) AS stars
FROM reviews, aws_comprehend.detect_sentiment(review, 'en') AS s
GROUP BY s.sentiment
ORDER BY reviews DESC;`,
    after: 'Comprehend takes 25 texts a request, and equal texts are sent once.',
  },
  {
    title: 'Top complaints about headphones and keyboards since March',
    sql: `SELECT product, (aws_comprehend.detect_sentiment(review, 'en')).confidence, review
FROM reviews
WHERE category IN ('headphones', 'keyboard') AND written_on >= '2026-03-01'
  AND (aws_comprehend.detect_sentiment(review, 'en')).sentiment = 'NEGATIVE'
ORDER BY confidence DESC
LIMIT 5;`,
    after: 'Only the rows that pass the cheap conditions are sent, and the call that is written twice is made once.',
  },
  {
    title: 'How was that done? (EXPLAIN ANALYZE)',
    sql: `EXPLAIN (ANALYZE, COSTS false, TIMING false, SUMMARY false)
SELECT product, (aws_comprehend.detect_sentiment(review, 'en')).sentiment
FROM reviews
WHERE category = 'headphones';`,
    after: 'The call became a Function Scan in the FROM clause, and ran in batches. Plain EXPLAIN sends nothing.',
  },
  {
    title: 'Is the water meter broken? (a SageMaker endpoint behind a function of your own)',
    sql: [
      `CREATE FUNCTION anomaly_score(litres float8, max_rows_per_batch int DEFAULT NULL, OUT score real)
AS $$ SELECT aws_sagemaker.invoke_endpoint('water-meter', max_rows_per_batch, litres)::real $$
LANGUAGE SQL PARALLEL SAFE COST 5000;`,
      `WITH scored AS (SELECT taken_at, litres, anomaly_score(litres, 100) AS score FROM readings)
SELECT taken_at, litres, round(score::numeric, 2) AS score
FROM scored
WHERE score > (SELECT avg(score) + 3 * stddev(score) FROM scored)
ORDER BY taken_at;`,
    ],
    after: 'Four readings were planted in the data: those four.',
  },
  {
    title: 'Keep embeddings in a table (Amazon Bedrock)',
    sql: [
      'CREATE TABLE complaints (id int PRIMARY KEY, review text NOT NULL, embedding float8[] NOT NULL);',
      `INSERT INTO complaints
SELECT id, review, aws_bedrock.invoke_model_get_embeddings(
  model_id := 'amazon.titan-embed-text-v2:0', content_type := 'application/json', json_key := 'embedding',
  model_input := json_build_object('inputText', review)::text)
FROM reviews
WHERE stars <= 2 AND category IN ('headphones', 'garden', 'lamp');`,
    ],
    after: 'Bedrock takes one input a request; they run side by side.',
  },
  {
    title: 'Search them by meaning',
    sql: [
      `CREATE FUNCTION cosine_similarity(a float8[], b float8[]) RETURNS float8 LANGUAGE SQL IMMUTABLE
AS $$ SELECT sum(x * y) / sqrt(sum(x * x) * sum(y * y)) FROM unnest(a, b) AS v(x, y) $$;`,
      `SELECT round(cosine_similarity(embedding, aws_bedrock.invoke_model_get_embeddings(
  'amazon.titan-embed-text-v2:0', 'application/json', 'embedding',
  '{"inputText": "The battery does not last long"}'))::numeric, 2) AS similarity, review
FROM complaints
ORDER BY similarity DESC
LIMIT 5;`,
    ],
    after: 'The phrase that is the same in every row is sent once.',
  },
];
