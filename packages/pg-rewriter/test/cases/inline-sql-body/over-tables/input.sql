-- A body that reads tables is a query of its own.
SELECT id, share(id) FROM products
