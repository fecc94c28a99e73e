SELECT forecast(price), (forecast(price)).risk FROM products;
