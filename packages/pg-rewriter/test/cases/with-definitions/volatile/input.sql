-- Two queries would see two outcomes of the same WITH query.
WITH c AS (SELECT feedback, random() AS x FROM support) SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM c WHERE x < 0.5 UNION ALL SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM c WHERE x > 0.5
