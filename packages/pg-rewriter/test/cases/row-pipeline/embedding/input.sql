-- An embedding and one of its elements.
SELECT id, (aws_bedrock.invoke_model_get_embeddings('m', 'application/json', 'embedding', note))[1], aws_bedrock.invoke_model('t', 'application/json', 'application/json', note)::json FROM notes
