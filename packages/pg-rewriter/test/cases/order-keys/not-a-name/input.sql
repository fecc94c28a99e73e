-- A column goes before an output name in GROUP BY.
SELECT upper(channel) AS channel, max((aws_comprehend.detect_sentiment(feedback, 'en')).sentiment) FROM support GROUP BY channel
