-- A cast to a composite type and its fields.
SELECT id, (forecast(price)).six_month, (forecast(price)).risk FROM products
