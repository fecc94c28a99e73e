SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS sentiment, count(*) FROM support GROUP BY sentiment HAVING count(*) > 1 ORDER BY sentiment;
