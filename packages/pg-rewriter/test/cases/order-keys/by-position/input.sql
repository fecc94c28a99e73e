-- Positions and names stand for what is selected.
SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support ORDER BY 2, mood DESC, id
