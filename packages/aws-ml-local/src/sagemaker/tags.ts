import type {
  AddTagsInput,
  AddTagsOutput,
  DeleteTagsInput,
  ListTagsInput,
  ListTagsOutput,
} from '@aws-sdk/client-sagemaker';
import { type ControlContext, tagResource } from './context.js';
import { validation } from './errors.js';
import { pageOf } from './listing.js';

const MAX_TAGS = 50;
const PAGE_SIZE = 50;

export function addTags(context: ControlContext, { ResourceArn = '', Tags = [] }: AddTagsInput): AddTagsOutput {
  const kept = tagsOf(context, ResourceArn);
  const keys = new Set([...Object.keys(kept), ...Tags.map(({ Key = '' }) => Key)]);
  if (keys.size > MAX_TAGS) throw validation(`A resource can have at most ${MAX_TAGS} tags.`);
  tagResource(context, ResourceArn, Tags);
  context.changed();
  return { Tags: shapeOf(tagsOf(context, ResourceArn)) };
}

export function listTags(
  context: ControlContext,
  { ResourceArn = '', NextToken, MaxResults }: ListTagsInput,
): ListTagsOutput {
  const asked = { ...(NextToken !== undefined && { NextToken }), ...(MaxResults !== undefined && { MaxResults }) };
  const { items, ...token } = pageOf(shapeOf(tagsOf(context, ResourceArn)), asked, PAGE_SIZE);
  return { Tags: [...items], ...token };
}

export function deleteTags(context: ControlContext, { ResourceArn = '', TagKeys = [] }: DeleteTagsInput): object {
  const kept = Object.entries(tagsOf(context, ResourceArn)).filter(([key]) => !TagKeys.includes(key));
  context.state.tags.set(ResourceArn, Object.fromEntries(kept));
  context.changed();
  return {};
}

function tagsOf({ state }: ControlContext, arn: string): Readonly<Record<string, string>> {
  const tags = state.tags.get(arn);
  if (tags === undefined) throw validation(`Could not find resource "${arn}".`);
  return tags;
}

const shapeOf = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
