import type {
  ContainerDefinition,
  CreateModelInput,
  CreateModelOutput,
  DescribeModelOutput,
  ListModelsOutput,
} from '@aws-sdk/client-sagemaker';
import { arnIn, type ControlContext, tagResource } from './context.js';
import { alreadyExists, couldNotFind, validation } from './errors.js';
import { type ListRequest, listPage } from './listing.js';
import { parseS3Uri } from './s3-data.js';
import type { ModelRecord } from './state.js';

export async function createModel(context: ControlContext, request: CreateModelInput): Promise<CreateModelOutput> {
  const { ModelName: name = '', PrimaryContainer, Containers = [], ExecutionRoleArn, Tags } = request;
  const arn = modelArn(context, name);
  if (context.state.models.has(name)) throw alreadyExists('model', arn);
  if ((PrimaryContainer === undefined) === (Containers.length === 0)) {
    throw validation('Exactly one of PrimaryContainer and Containers must be given.');
  }
  const containers = PrimaryContainer === undefined ? Containers : [PrimaryContainer];
  for (const container of containers) await checkContainer(context, container, ExecutionRoleArn);
  if (context.state.models.has(name)) throw alreadyExists('model', arn);
  const now = Date.now();
  context.state.models.set(name, {
    name,
    createdAt: now,
    modifiedAt: now,
    containers,
    primary: PrimaryContainer !== undefined,
    roleArn: ExecutionRoleArn,
  });
  tagResource(context, arn, Tags);
  context.changed();
  return { ModelArn: arn };
}

async function checkContainer(
  { store, region }: ControlContext,
  { Image, ModelDataUrl }: ContainerDefinition,
  roleArn: string | undefined,
): Promise<void> {
  if (Image === undefined) throw validation('A container of a model must have an Image.');
  if (ModelDataUrl === undefined) return;
  const location = parseS3Uri(ModelDataUrl);
  const there =
    location !== undefined &&
    (await store.hasBucket(location.bucket)) &&
    (await store.head(location.bucket, location.key)) !== undefined;
  if (there) return;
  throw validation(
    `Could not access model data at ${ModelDataUrl}. Please ensure that the role "${roleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${region}.`,
  );
}

export function describeModel(
  context: ControlContext,
  { ModelName = '' }: { ModelName?: string },
): DescribeModelOutput {
  const { name, containers, primary, roleArn, createdAt } = modelNamed(context, ModelName);
  return {
    ModelName: name,
    ModelArn: modelArn(context, name),
    ...(primary ? { PrimaryContainer: containers[0] } : { Containers: [...containers] }),
    ExecutionRoleArn: roleArn,
    CreationTime: new Date(createdAt),
    EnableNetworkIsolation: false,
  };
}

export function deleteModel(context: ControlContext, { ModelName = '' }: { ModelName?: string }): void {
  const { name } = modelNamed(context, ModelName);
  context.state.models.delete(name);
  context.state.tags.delete(modelArn(context, name));
  context.changed();
}

export function listModels(context: ControlContext, request: ListRequest): ListModelsOutput {
  const defaults = { sortBy: 'CreationTime', sortOrder: 'Descending' } as const;
  const { items, ...token } = listPage(context.state.models.values(), request, defaults);
  const Models = items.map(({ name, createdAt }) => ({
    ModelName: name,
    ModelArn: modelArn(context, name),
    CreationTime: new Date(createdAt),
  }));
  return { Models, ...token };
}

export function modelNamed(context: ControlContext, name: string): ModelRecord {
  const model = context.state.models.get(name);
  if (model === undefined) throw couldNotFind('model', modelArn(context, name));
  return model;
}

const modelArn = (context: ControlContext, name: string) => arnIn(context, 'model', name);
