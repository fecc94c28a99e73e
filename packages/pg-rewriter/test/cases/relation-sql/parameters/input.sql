-- Parameters keep their numbers wherever they end up.
SELECT id, (aws_comprehend.detect_sentiment(feedback, $3)).sentiment || $1 AS m FROM support WHERE rating > $2 ORDER BY id LIMIT $4
