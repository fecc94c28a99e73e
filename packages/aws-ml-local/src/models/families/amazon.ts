import { contentText, isObject, messagesText, numberMember, stringMember } from '../body.js';
import type { TextFamily } from './text-family.js';

/** Amazon Titan Text. */
export const titanText: TextFamily = {
  promptOf(body) {
    const config = isObject(body.textGenerationConfig) ? body.textGenerationConfig : {};
    return { prompt: stringMember(body, 'inputText'), maxTokens: numberMember(config, 'maxTokenCount', 512) };
  },
  takesSystem: () => false,
  responseOf: ({ text, truncated, inputTokens, outputTokens }) => ({
    inputTextTokenCount: inputTokens,
    results: [{ tokenCount: outputTokens, outputText: text, completionReason: truncated ? 'LENGTH' : 'FINISH' }],
  }),
};

/** Amazon Nova. */
export const nova: TextFamily = {
  promptOf(body) {
    const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
    const maxTokens = numberMember(config, 'max_new_tokens', numberMember(config, 'maxTokens', 5000));
    const system = body.system === undefined ? '' : `${contentText(body.system)}\n`;
    return { prompt: system + messagesText(body), maxTokens };
  },
  responseOf: ({ text, truncated, inputTokens, outputTokens }) => ({
    output: { message: { content: [{ text }], role: 'assistant' } },
    stopReason: truncated ? 'max_tokens' : 'end_turn',
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
  }),
};
