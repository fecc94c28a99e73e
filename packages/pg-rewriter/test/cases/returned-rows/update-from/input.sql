-- Columns of FROM, and one column in two expressions.
UPDATE support s SET feedback = n.feedback FROM notes n WHERE n.id = s.id RETURNING n.id, (aws_comprehend.detect_sentiment(s.feedback, 'en')).sentiment, length(s.feedback), (aws_comprehend.detect_sentiment(s.feedback, 'en')).confidence
