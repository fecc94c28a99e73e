import { describeService } from './service-contract.js';

interface TextListBody {
  readonly TextList: readonly string[];
}

describeService({
  function: 'aws_comprehend.detect_sentiment',
  target: { arguments: ['en'], name: 'en' },
  inputs: ['SECRET good', 'SECRET bad', 'SECRET ünï 😀'],
  // In another order than the request, as the service is free to do.
  answer: (request) => ({
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({
      ErrorList: [],
      ResultList: (JSON.parse(request.body) as TextListBody).TextList.map((text, Index) => ({
        Index,
        Sentiment: 'MIXED',
        SentimentScore: { Positive: 0, Negative: 0, Neutral: 0, Mixed: text.length / 100 },
      })).reverse(),
    }),
  }),
  results: [
    ['MIXED', '0.11'],
    ['MIXED', '0.1'],
    ['MIXED', '0.13'],
  ],
  checksAnswer: true,
});

describeService({
  function: 'aws_sagemaker.invoke_endpoint',
  target: { arguments: ['my-endpoint'], name: 'my-endpoint' },
  inputs: ['SECRET,1', 'SECRET,2', 'SECRET,3'],
  answer: (request) => ({
    headers: { 'content-type': 'text/csv' },
    body: request.body.replaceAll('SECRET,', 'value '),
  }),
  results: [['value 1'], ['value 2'], ['value 3']],
  checksAnswer: true,
});

describeService({
  function: 'aws_bedrock.invoke_model',
  target: { arguments: ['vendor.model-v1:0', 'text/plain', 'text/plain'], name: 'vendor.model-v1:0' },
  inputs: ['SECRET ünï 😀\nline'],
  answer: (request) => ({ headers: { 'content-type': 'text/plain' }, body: `echo: ${request.body}` }),
  results: [['echo: SECRET ünï 😀\nline']],
  checksAnswer: false,
});

describeService({
  function: 'aws_bedrock.invoke_model_get_embeddings',
  target: { arguments: ['vendor.embed', 'application/json', 'embedding'], name: 'vendor.embed' },
  inputs: ['{"inputText":"SECRET"}'],
  answer: () => ({
    headers: { 'content-type': 'application/json' },
    body: '{"embedding":[0.5,-1,1e-7,0.1234567890123456],"n":1}',
  }),
  results: [['{0.5,-1,1e-7,0.1234567890123456}']],
  checksAnswer: true,
});
