-- scan forecast: forecast(price)
-- forecast invokes aws_sagemaker.invoke_endpoint forecasts
SELECT forecast.risk AS risk FROM products CROSS JOIN LATERAL public.forecast(price) AS forecast;
