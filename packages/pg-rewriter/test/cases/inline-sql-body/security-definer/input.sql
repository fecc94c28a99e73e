-- Its calls are made with the rights of its owner.
SELECT id, defined(feedback) FROM support
