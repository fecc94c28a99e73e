import type { MlFunctionName } from '../ml-function.js';
import { definitions } from './definitions.js';

/** The name, if it looks like one: an argument in the wrong place may hold customer text. */
export function safeTargetName(functionName: MlFunctionName, name: string): string | undefined {
  return definitions[functionName].target.pattern.test(name) ? name : undefined;
}
