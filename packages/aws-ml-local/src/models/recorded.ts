import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { validationException } from '../services/bedrock.js';
import { parseBody } from './body.js';
import { jsonAnswer } from './local-model.js';
import type { Model, ModelContext, RecordedAnswer, RecordedModelConfig } from './model.js';

/** A model that knows only recorded answers. */
export function recordedModel({ recorded }: RecordedModelConfig, { modelId, baseDirectory }: ModelContext): Model {
  const answers = typeof recorded === 'string' ? readAnswers(resolve(baseDirectory, recorded), modelId) : recorded;
  const invoke: Model['invoke'] = async (request) => {
    const body = answers.some((answer) => answer.request !== undefined) ? parseBody(request.body) : undefined;
    const found = answers.find((answer) => answer.request === undefined || isDeepStrictEqual(answer.request, body));
    if (found === undefined) throw validationException(`Model ${modelId} has no recorded answer for the request.`);
    return jsonAnswer(found.response, {});
  };
  return { invoke };
}

function readAnswers(path: string, modelId: string): readonly RecordedAnswer[] {
  const answers: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(answers)) throw new Error(`model ${modelId}: ${path} must hold an array of {request, response}`);
  return answers as RecordedAnswer[];
}
