import type {
  CreateEndpointInput,
  CreateEndpointOutput,
  DescribeEndpointOutput,
  EndpointSummary,
  ListEndpointsOutput,
  ProductionVariantSummary,
  UpdateEndpointInput,
  UpdateEndpointOutput,
} from '@aws-sdk/client-sagemaker';
import { arnIn, type ControlContext, tagResource } from './context.js';
import { configNamed } from './endpoint-configs.js';
import { alreadyExists, couldNotFind, failureReason, JobFailure, validation } from './errors.js';
import { hostModel } from './host-model.js';
import { type ListRequest, listPage } from './listing.js';
import type { EndpointRecord } from './state.js';
import type { Work } from './work.js';

interface Named {
  readonly EndpointName?: string;
}

export function createEndpoint(context: ControlContext, request: CreateEndpointInput): CreateEndpointOutput {
  const { EndpointName: name = '', EndpointConfigName = '', Tags } = request;
  const arn = endpointArn(context, name);
  if (context.state.endpoints.has(name) || context.configured.has(name)) throw alreadyExists('endpoint', arn);
  const now = Date.now();
  const endpoint: EndpointRecord = {
    name,
    createdAt: now,
    modifiedAt: now,
    status: 'Creating',
    ...whatConfigSays(context, EndpointConfigName),
  };
  context.state.endpoints.set(name, endpoint);
  tagResource(context, arn, Tags);
  context.changed();
  startEndpoint(context, endpoint, 'CreateEndpoint');
  return { EndpointArn: arn };
}

export function updateEndpoint(context: ControlContext, request: UpdateEndpointInput): UpdateEndpointOutput {
  const endpoint = endpointNamed(context, request.EndpointName ?? '');
  const next = whatConfigSays(context, request.EndpointConfigName ?? '');
  const arn = endpointArn(context, endpoint.name);
  if (endpoint.status !== 'InService' && endpoint.status !== 'Failed') {
    throw inProgress(arn);
  }
  change(context, endpoint, { ...next, status: 'Updating' });
  startEndpoint(context, endpoint, 'UpdateEndpoint');
  return { EndpointArn: arn };
}

/** What serves is kept with the endpoint: its configuration and model may be deleted while it runs. */
function whatConfigSays(
  context: ControlContext,
  configName: string,
): Pick<EndpointRecord, 'configName' | 'variants' | 'container'> {
  const { variants } = configNamed(context, configName);
  const container = context.state.models.get(variants[0]?.ModelName ?? '')?.containers[0];
  return { configName, variants, ...(container !== undefined && { container }) };
}

/** Endpoints in service load their models again, others go on with what they were about. */
export async function resumeEndpoints(context: ControlContext): Promise<void> {
  for (const endpoint of context.state.endpoints.values()) {
    if (endpoint.status === 'Deleting') startRemoval(context, endpoint);
    else if (endpoint.status !== 'InService') resumeStart(context, endpoint);
    else await load(context, endpoint).catch((error: unknown) => failTo(context, endpoint, error));
  }
}

function resumeStart(context: ControlContext, endpoint: EndpointRecord): void {
  if (endpoint.status === 'Creating') startEndpoint(context, endpoint, 'CreateEndpoint');
  if (endpoint.status === 'Updating') startEndpoint(context, endpoint, 'UpdateEndpoint');
}

async function load(context: ControlContext, endpoint: EndpointRecord): Promise<void> {
  context.hosted.set(endpoint.name, await hostModel(context.store, endpoint.name, modelOf(endpoint)));
}

/** An endpoint that could not be updated goes on with what it had. */
function failTo(context: ControlContext, endpoint: EndpointRecord, error: unknown): void {
  const status = context.hosted.has(endpoint.name) ? 'InService' : 'Failed';
  change(context, endpoint, { status, failureReason: failureReason(error) });
}

function startEndpoint(context: ControlContext, endpoint: EndpointRecord, operation: string): void {
  const arn = endpointArn(context, endpoint.name);
  context.work.start(arn, operation, async (work) => {
    try {
      await work.stay(endpoint.status);
      await load(context, endpoint);
      delete endpoint.failureReason;
      change(context, endpoint, { status: 'InService' });
    } catch (error) {
      if (work.endedBy === undefined) failTo(context, endpoint, error);
    }
  });
}

function modelOf({ container, variants }: EndpointRecord) {
  const { Image, ModelDataUrl, Environment = {} } = container ?? {};
  if (Image === undefined || ModelDataUrl === undefined) {
    throw new JobFailure(`The model of variant ${variants[0]?.VariantName} has no model data, or is gone.`);
  }
  const variant = variants[0]?.VariantName ?? '';
  return { image: Image, modelDataUrl: ModelDataUrl, environment: Environment, variant };
}

export function deleteEndpoint(context: ControlContext, { EndpointName = '' }: Named): void {
  const endpoint = endpointNamed(context, EndpointName);
  if (endpoint.status !== 'InService' && endpoint.status !== 'Failed') {
    throw inProgress(endpointArn(context, endpoint.name));
  }
  change(context, endpoint, { status: 'Deleting' });
  context.hosted.delete(endpoint.name);
  startRemoval(context, endpoint);
}

function startRemoval(context: ControlContext, endpoint: EndpointRecord): void {
  const arn = endpointArn(context, endpoint.name);
  context.work.start(arn, 'DeleteEndpoint', (work) => removeEndpoint(context, endpoint, work));
}

async function removeEndpoint(context: ControlContext, endpoint: EndpointRecord, work: Work): Promise<void> {
  try {
    await work.stay('Deleting');
  } catch (error) {
    if (work.endedBy === undefined)
      change(context, endpoint, { status: 'Failed', failureReason: failureReason(error) });
    return;
  }
  context.state.endpoints.delete(endpoint.name);
  context.state.tags.delete(endpointArn(context, endpoint.name));
  context.changed();
}

export function describeEndpoint(context: ControlContext, { EndpointName = '' }: Named): DescribeEndpointOutput {
  const configured = context.configured.get(EndpointName);
  const endpoint = configured ?? endpointNamed(context, EndpointName);
  return {
    ...summary(context, endpoint),
    EndpointConfigName: endpoint.configName,
    ...(endpoint.status === 'InService' && { ProductionVariants: variantSummaries(endpoint) }),
    ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
  };
}

export function listEndpoints(context: ControlContext, request: ListRequest): ListEndpointsOutput {
  const defaults = { sortBy: 'CreationTime', sortOrder: 'Descending' } as const;
  const all = [...context.configured.values(), ...context.state.endpoints.values()];
  const { items, ...token } = listPage(all, request, defaults);
  return { Endpoints: items.map((endpoint) => summary(context, endpoint)), ...token };
}

const inProgress = (arn: string) => validation(`Cannot update in-progress endpoint "${arn}".`);

function endpointNamed(context: ControlContext, name: string): EndpointRecord {
  const endpoint = context.state.endpoints.get(name);
  if (endpoint !== undefined) return endpoint;
  if (context.configured.has(name)) {
    throw validation(`Endpoint ${name} is one of the options of aws-ml-local: it can't be changed.`);
  }
  throw couldNotFind('endpoint', endpointArn(context, name));
}

/** An endpoint of the options, as the control plane shows it. */
export function configuredEndpoint(name: string, startedAt: number): EndpointRecord {
  return {
    name,
    createdAt: startedAt,
    modifiedAt: startedAt,
    status: 'InService',
    configName: name,
    variants: [{ VariantName: 'AllTraffic' }],
  };
}

function change(context: ControlContext, endpoint: EndpointRecord, members: Partial<EndpointRecord>): void {
  Object.assign(endpoint, members, { modifiedAt: Date.now() });
  context.changed();
}

function summary(context: ControlContext, endpoint: EndpointRecord): EndpointSummary {
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpointArn(context, endpoint.name),
    CreationTime: new Date(endpoint.createdAt),
    LastModifiedTime: new Date(endpoint.modifiedAt),
    EndpointStatus: endpoint.status,
  };
}

function variantSummaries({ variants, container }: EndpointRecord): ProductionVariantSummary[] {
  return variants.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount = 1, ServerlessConfig }) => ({
    VariantName,
    ...(container?.Image !== undefined && { DeployedImages: [{ SpecifiedImage: container.Image }] }),
    CurrentWeight: InitialVariantWeight,
    DesiredWeight: InitialVariantWeight,
    CurrentInstanceCount: ServerlessConfig === undefined ? InitialInstanceCount : 0,
    ...(ServerlessConfig === undefined
      ? { DesiredInstanceCount: InitialInstanceCount }
      : { CurrentServerlessConfig: ServerlessConfig }),
  }));
}

export const endpointArn = (context: ControlContext, name: string) => arnIn(context, 'endpoint', name);
