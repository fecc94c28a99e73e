-- An ML predicate in ON applies after the cheap ones.
SELECT s.id FROM support s JOIN notes n ON n.id = s.id AND (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = n.sentiment WHERE s.rating > 2
