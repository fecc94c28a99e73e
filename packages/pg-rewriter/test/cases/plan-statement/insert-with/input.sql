-- WITH before INSERT.
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) INSERT INTO notes (id, sentiment) SELECT id, mood FROM s
