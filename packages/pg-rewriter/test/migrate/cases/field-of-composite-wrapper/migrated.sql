-- scan forecast: forecast(price)
SELECT forecast.risk AS risk FROM products CROSS JOIN LATERAL public.forecast(price) AS forecast;
