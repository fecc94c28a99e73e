-- The result is compared with a query over a table.
SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment IN (SELECT sentiment FROM notes) FROM support
