-- A call on the result of a window function.
SELECT id, aws_sagemaker.invoke_endpoint('e', NULL, row_number() OVER (ORDER BY id)) AS k FROM support
