-- Named arguments find their parameters; the others take their defaults.
SELECT id, mood_of(lang := channel, t := feedback) AS m, (aws_comprehend.detect_sentiment(max_rows_per_batch => 5, input_text => feedback, language_code => 'fr')).sentiment FROM support
