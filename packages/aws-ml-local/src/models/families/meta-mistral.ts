import { numberMember, stringMember } from '../body.js';
import type { TextFamily } from './text-family.js';

/** Meta Llama. */
export const llama: TextFamily = {
  promptOf: (body) => ({ prompt: stringMember(body, 'prompt'), maxTokens: numberMember(body, 'max_gen_len', 512) }),
  responseOf: ({ text, truncated, inputTokens, outputTokens }) => ({
    generation: text,
    prompt_token_count: inputTokens,
    generation_token_count: outputTokens,
    stop_reason: truncated ? 'length' : 'stop',
  }),
};

/** Mistral and Mixtral. */
export const mistral: TextFamily = {
  promptOf: (body) => ({ prompt: stringMember(body, 'prompt'), maxTokens: numberMember(body, 'max_tokens', 512) }),
  takesSystem: (modelId) => !/mi[sx]tral-[78x]+b-instruct/.test(modelId),
  responseOf: ({ text, truncated }) => ({ outputs: [{ text, stop_reason: truncated ? 'length' : 'stop' }] }),
};
