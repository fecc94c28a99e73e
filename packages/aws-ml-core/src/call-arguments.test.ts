import { describe, expect, it } from 'vitest';
import { toMlCall } from './call-arguments.js';
import { AwsMlError } from './errors.js';

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('toMlCall', () => {
  it('gives NULL for a NULL text, even where the language is NULL as well', () => {
    expect(toMlCall('aws_comprehend.detect_sentiment', [null, 'en'])).toEqual({ result: [null, null] });
    expect(toMlCall('aws_comprehend.detect_sentiment', [null, null])).toEqual({ result: [null, null] });
  });

  it('gives NULL for a NULL model or input of Bedrock', () => {
    expect(toMlCall('aws_bedrock.invoke_model', [null, 'a', 'b', '{}'])).toEqual({ result: [null] });
    expect(toMlCall('aws_bedrock.invoke_model', ['m', 'a', 'b', null])).toEqual({ result: [null] });
    expect(toMlCall('aws_bedrock.invoke_model_get_embeddings', ['m', 'a', null, null])).toEqual({ result: [null] });
  });

  it.each([
    [
      'aws_comprehend.detect_sentiment',
      ['text', null],
      'aws_comprehend.detect_sentiment: language_code must not be null',
    ],
    ['aws_sagemaker.invoke_endpoint', [null, '1'], 'aws_sagemaker.invoke_endpoint: endpoint_name must not be null'],
    [
      'aws_bedrock.invoke_model_get_embeddings',
      ['m', 'a', null, '{}'],
      'aws_bedrock.invoke_model_get_embeddings: json_key must not be null',
    ],
  ] as const)('raises null_value_not_allowed for %s(%j)', (name, callArguments, message) => {
    const error = thrownBy(() => toMlCall(name, callArguments));
    expect(error).toBeInstanceOf(AwsMlError);
    expect(error).toMatchObject({
      code: 'NULL_ARGUMENT',
      sqlState: '22004',
      message,
      function: name,
      retryable: false,
    });
  });

  it('lets NULL fields, NULL content types and an absence of fields through', () => {
    expect(toMlCall('aws_sagemaker.invoke_endpoint', ['e', null, '1']).call?.arguments).toEqual(['e', null, '1']);
    expect(toMlCall('aws_sagemaker.invoke_endpoint', ['e']).call?.arguments).toEqual(['e']);
    expect(toMlCall('aws_bedrock.invoke_model', ['m', null, null, '{}']).call).toBeDefined();
  });

  it.each([
    [null, null],
    [7, 7],
    [1, 1],
    [0, 1],
    [-3, 1],
  ])('takes max_rows_per_batch %s for %s', (given, bound) => {
    expect(toMlCall('aws_comprehend.detect_sentiment', ['x', 'en'], given).call?.maxRowsPerBatch).toBe(bound);
  });
});
