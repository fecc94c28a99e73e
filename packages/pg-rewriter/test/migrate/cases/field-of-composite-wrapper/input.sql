SELECT (forecast(price)).risk FROM products;
