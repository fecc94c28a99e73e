import type {
  CreateEndpointConfigInput,
  CreateEndpointConfigOutput,
  DescribeEndpointConfigOutput,
  ListEndpointConfigsOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { arnIn, type ControlContext, tagResource } from './context.js';
import { alreadyExists, couldNotFind, validation } from './errors.js';
import { type ListRequest, listPage } from './listing.js';
import { modelNamed } from './models.js';
import type { EndpointConfigRecord } from './state.js';

const SERVERLESS_MEMORY = [1024, 2048, 3072, 4096, 5120, 6144];

export function createEndpointConfig(
  context: ControlContext,
  request: CreateEndpointConfigInput,
): CreateEndpointConfigOutput {
  const { EndpointConfigName: name = '', ProductionVariants: variants = [], KmsKeyId, Tags } = request;
  const arn = configArn(context, name);
  if (context.state.endpointConfigs.has(name)) throw alreadyExists('endpoint configuration', arn);
  if (new Set(variants.map(({ VariantName }) => VariantName)).size !== variants.length) {
    throw validation('The names of production variants must be unique.');
  }
  for (const variant of variants) checkVariant(context, variant);
  const now = Date.now();
  context.state.endpointConfigs.set(name, { name, createdAt: now, modifiedAt: now, variants, kmsKeyId: KmsKeyId });
  tagResource(context, arn, Tags);
  context.changed();
  return { EndpointConfigArn: arn };
}

function checkVariant(context: ControlContext, variant: ProductionVariant): void {
  const { VariantName, ModelName, InstanceType, InitialInstanceCount, ServerlessConfig: serverless } = variant;
  if (ModelName === undefined) throw validation(`Production variant ${VariantName} has no ModelName.`);
  const { containers } = modelNamed(context, ModelName);
  const instances = InstanceType !== undefined || InitialInstanceCount !== undefined;
  if (serverless === undefined) {
    if (InstanceType !== undefined && InitialInstanceCount !== undefined) return;
    throw validation(
      `Production variant ${VariantName} must have an InstanceType and an InitialInstanceCount, or a ServerlessConfig.`,
    );
  }
  if (instances) {
    throw validation(
      `Production variant ${VariantName} has a ServerlessConfig: it can have neither InstanceType nor InitialInstanceCount.`,
    );
  }
  if (!SERVERLESS_MEMORY.includes(serverless.MemorySizeInMB ?? 0)) {
    throw validation(
      `Memory size ${serverless.MemorySizeInMB} MB of variant ${VariantName} must be one of ${SERVERLESS_MEMORY.join(', ')}.`,
    );
  }
  if ((serverless.ProvisionedConcurrency ?? 0) > (serverless.MaxConcurrency ?? 0)) {
    throw validation(`ProvisionedConcurrency of variant ${VariantName} must not be greater than its MaxConcurrency.`);
  }
  if (containers.length > 1) {
    throw validation('Serverless endpoints do not support inference pipelines: the model must have one container.');
  }
}

export function describeEndpointConfig(
  context: ControlContext,
  { EndpointConfigName = '' }: { EndpointConfigName?: string },
): DescribeEndpointConfigOutput {
  const { name, variants, kmsKeyId, createdAt } = configNamed(context, EndpointConfigName);
  return {
    EndpointConfigName: name,
    EndpointConfigArn: configArn(context, name),
    ProductionVariants: variants.map((variant) => ({ InitialVariantWeight: 1, ...variant })),
    KmsKeyId: kmsKeyId,
    CreationTime: new Date(createdAt),
    EnableNetworkIsolation: false,
  };
}

export function deleteEndpointConfig(
  context: ControlContext,
  { EndpointConfigName = '' }: { EndpointConfigName?: string },
): void {
  const { name } = configNamed(context, EndpointConfigName);
  context.state.endpointConfigs.delete(name);
  context.state.tags.delete(configArn(context, name));
  context.changed();
}

export function listEndpointConfigs(context: ControlContext, request: ListRequest): ListEndpointConfigsOutput {
  const defaults = { sortBy: 'CreationTime', sortOrder: 'Descending' } as const;
  const { items, ...token } = listPage(context.state.endpointConfigs.values(), request, defaults);
  const EndpointConfigs = items.map(({ name, createdAt }) => ({
    EndpointConfigName: name,
    EndpointConfigArn: configArn(context, name),
    CreationTime: new Date(createdAt),
  }));
  return { EndpointConfigs, ...token };
}

export function configNamed(context: ControlContext, name: string): EndpointConfigRecord {
  const config = context.state.endpointConfigs.get(name);
  if (config === undefined) throw couldNotFind('endpoint configuration', configArn(context, name));
  return config;
}

const configArn = (context: ControlContext, name: string) => arnIn(context, 'endpoint-config', name);
