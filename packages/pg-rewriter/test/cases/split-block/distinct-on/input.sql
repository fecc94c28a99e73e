-- Only the picked rows are sent.
SELECT DISTINCT ON (channel) channel, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support ORDER BY channel, id
