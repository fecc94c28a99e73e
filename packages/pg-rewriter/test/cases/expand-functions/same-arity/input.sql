-- Which overload is meant depends on types, which only PostgreSQL knows.
SELECT id, "both"(id) FROM support
