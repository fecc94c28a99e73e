-- The stars of tables and rows are written out.
SELECT s.*, (aws_comprehend.detect_sentiment(feedback, 'en')).* FROM support s
