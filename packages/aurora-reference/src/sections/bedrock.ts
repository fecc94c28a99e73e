import { claudeAnswer, claudePrompt, titanEmbedding } from '../services.js';
import type { ReferenceSection } from '../statement.js';

export const bedrock: ReferenceSection = {
  subject: 'Amazon Bedrock',
  statements: [
    {
      shows: "a model's answer as text",
      sql: `SELECT aws_bedrock.invoke_model (
              model_id := 'anthropic.claude-v2',
              content_type:= 'application/json',
              accept_type := 'application/json',
              model_input := '{"prompt": ${JSON.stringify(claudePrompt)},"max_tokens_to_sample":4096,"temperature":0.5,"top_k":250,"top_p":0.5,"stop_sequences":[]}'
            );`,
      columns: ['invoke_model character varying'],
      rows: [[JSON.stringify(claudeAnswer)]],
      requests: { bedrock: 1 },
    },
    {
      shows: 'an embedding',
      sql: `SELECT aws_bedrock.invoke_model_get_embeddings(
              model_id := 'amazon.titan-embed-text-v1',
              content_type := 'application/json',
              json_key := 'embedding',
              model_input := '{ "inputText": "PostgreSQL I/O monitoring views"}') AS embedding;`,
      columns: ['embedding double precision[]'],
      rows: [[titanEmbedding]],
      requests: { bedrock: 1 },
    },
  ],
};
