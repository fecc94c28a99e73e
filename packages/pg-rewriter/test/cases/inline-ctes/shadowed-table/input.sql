-- A WITH query reads the table whose name it has.
WITH support AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) SELECT mood FROM support
