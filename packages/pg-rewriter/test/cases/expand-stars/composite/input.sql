-- The fields of a composite type come from the catalog.
SELECT id, (aws_sagemaker.invoke_endpoint('e', NULL, price)::forecasts).* FROM products
