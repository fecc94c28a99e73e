-- Each round of a recursion makes calls on the results of the one before.
WITH RECURSIVE n(i, k) AS (SELECT 1, 'a'::varchar UNION ALL SELECT i + 1, aws_sagemaker.invoke_endpoint('e', NULL, k) FROM n WHERE i < 5) SELECT * FROM n
