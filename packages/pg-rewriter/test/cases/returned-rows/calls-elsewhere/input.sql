-- The row that is written depends on a call as well.
UPDATE support SET feedback = (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment RETURNING (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment
