-- PL/pgSQL can do anything: it is not looked into.
SELECT id, plmood(feedback) FROM support
