import { noSuchKey, s3Error } from '../../services/s3.js';
import { xmlPayload } from './payload.js';
import { childText, readXml } from './read-xml.js';
import { emptyResponse, type Operation, xmlResponse } from './s3-request.js';
import { element } from './xml.js';

/** Tags are kept as the header has them that an object is put with: a query string. */
const TAGGING = 'x-amz-tagging';
const MAX_TAGS = 10;

export const getObjectTagging: Operation = async ({ store, bucket, key }) => {
  const facts = await store.head(bucket, key);
  if (facts === undefined) throw noSuchKey(key);
  const tags = [...new URLSearchParams(facts.headers[TAGGING] ?? '')].map(([name, value]) =>
    element('Tag', [element('Key', name), element('Value', value)]),
  );
  return xmlResponse('Tagging', [element('TagSet', tags)]);
};

export const putObjectTagging: Operation = async ({ store, head, body, bucket, key }) => {
  const document = readXml(await xmlPayload(head, body));
  const set = document.children.find(({ name }) => name === 'TagSet');
  if (document.name !== 'Tagging' || set === undefined) throw s3Error('MalformedXML');
  if (set.children.length > MAX_TAGS) {
    throw s3Error('BadRequest', {}, `Object tags cannot be greater than ${MAX_TAGS}`);
  }
  const tags = new URLSearchParams();
  for (const tag of set.children) {
    const [name, value] = [childText(tag, 'Key'), childText(tag, 'Value')];
    if (name === undefined || value === undefined) throw s3Error('MalformedXML');
    if (tags.has(name)) throw s3Error('InvalidTag', {}, 'Cannot provide multiple Tags with the same key');
    tags.append(name, value);
  }
  await store.changeHeaders(bucket, key, (headers) => ({ ...headers, [TAGGING]: tags.toString() }));
  return emptyResponse(200);
};

export const deleteObjectTagging: Operation = async ({ store, bucket, key }) => {
  await store.changeHeaders(bucket, key, ({ [TAGGING]: _, ...headers }) => headers);
  return emptyResponse(204);
};
