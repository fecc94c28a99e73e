SELECT channel, (aws_comprehend.detect_sentiment(string_agg(feedback, ' '), 'en')).sentiment FROM support GROUP BY channel ORDER BY 1;
