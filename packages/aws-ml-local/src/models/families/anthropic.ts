import { malformedInput } from '../../services/bedrock.js';
import { contentText, messagesText, numberMember, requireMembers, stringMember } from '../body.js';
import type { TextFamily } from './text-family.js';

/** Claude's Messages API. */
export const anthropicMessages: TextFamily = {
  promptOf(body) {
    requireMembers(body, 'anthropic_version', 'max_tokens', 'messages');
    const system = body.system === undefined ? '' : `${contentText(body.system)}\n`;
    return { prompt: system + messagesText(body), maxTokens: numberMember(body, 'max_tokens', 0) };
  },
  responseOf: ({ text, truncated, inputTokens, outputTokens, id }, _body, modelId) => ({
    id: `msg_bdrk_01${id.slice(0, 22)}`,
    type: 'message',
    role: 'assistant',
    model: modelId.replace(/^.*anthropic\./, '').replace(/-v\d+(:\d+)?$/, ''),
    content: [{ type: 'text', text }],
    stop_reason: truncated ? 'max_tokens' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  }),
};

/** Claude's Text Completions API (Claude 2 and before). */
export const anthropicCompletion: TextFamily = {
  promptOf(body) {
    if (body.messages !== undefined) throw malformedInput('extraneous key [messages] is not permitted');
    requireMembers(body, 'prompt', 'max_tokens_to_sample');
    return { prompt: stringMember(body, 'prompt'), maxTokens: numberMember(body, 'max_tokens_to_sample', 0) };
  },
  responseOf: ({ text, truncated }) => ({
    type: 'completion',
    completion: ` ${text}`,
    stop_reason: truncated ? 'max_tokens' : 'stop_sequence',
    stop: truncated ? null : '\n\nHuman:',
  }),
};
