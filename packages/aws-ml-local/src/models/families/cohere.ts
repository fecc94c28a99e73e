import { numberMember, stringMember } from '../body.js';
import type { TextFamily } from './text-family.js';

/** Cohere Command R and R+. */
export const cohereChat: TextFamily = {
  promptOf: (body) => ({ prompt: stringMember(body, 'message'), maxTokens: numberMember(body, 'max_tokens', 4000) }),
  responseOf: ({ text, truncated, id }, body) => ({
    response_id: uuidOf(id),
    text,
    generation_id: uuidOf([...id].reverse().join('')),
    chat_history: [
      { role: 'USER', message: body.message },
      { role: 'CHATBOT', message: text },
    ],
    finish_reason: truncated ? 'MAX_TOKENS' : 'COMPLETE',
  }),
};

/** Cohere Command and Command Light. */
export const cohereGenerate: TextFamily = {
  promptOf: (body) => ({ prompt: stringMember(body, 'prompt'), maxTokens: numberMember(body, 'max_tokens', 400) }),
  takesSystem: () => false,
  responseOf: ({ text, truncated, id }, body) => ({
    generations: [{ finish_reason: truncated ? 'MAX_TOKENS' : 'COMPLETE', id: uuidOf(id), text }],
    id: uuidOf([...id].reverse().join('')),
    prompt: body.prompt,
  }),
};

/** Digits in the groups of a UUID. */
export function uuidOf(digits: string): string {
  const group = (from: number, to: number) => digits.padEnd(32, '0').slice(from, to);
  return [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join('-');
}
