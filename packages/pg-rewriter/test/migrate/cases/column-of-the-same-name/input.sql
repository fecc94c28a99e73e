SELECT sentiment, (aws_comprehend.detect_sentiment(note, 'en')).sentiment FROM notes;
