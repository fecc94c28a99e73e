-- Both arms of a set operation read it.
WITH c AS (SELECT id, feedback FROM support) SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM c WHERE id < 5 UNION ALL SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM c WHERE id > 9
