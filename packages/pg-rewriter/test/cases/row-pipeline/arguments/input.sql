-- Constants, columns, expressions, arrays, NULL, batch size.
SELECT aws_sagemaker.invoke_endpoint('e', 10, id, 'x', NULL, 2.5, ARRAY[rating, 1], upper(channel)) FROM support
