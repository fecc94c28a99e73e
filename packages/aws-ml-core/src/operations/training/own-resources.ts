import type {
  ListAutoMLJobsResponse,
  ListEndpointConfigsOutput,
  ListEndpointsOutput,
  ListModelsOutput,
  ListTrainingJobsResponse,
} from '@aws-sdk/client-sagemaker';
import type { ControlModule } from './sagemaker-control.js';

/** Something of ours in the account. */
export interface OwnResource {
  readonly kind: 'endpoint' | 'endpoint configuration' | 'model' | 'AutoML job' | 'training job';
  readonly name: string;
}

type Request = <Output extends object>(operation: string, command: (sdk: ControlModule) => object) => Promise<Output>;

interface Page {
  readonly NextToken?: string | undefined;
}

/** More of one kind than this are not looked through. */
const MOST_PAGES = 50;

/** What costs money or stands in the way of a name: endpoints, configurations, models and running jobs. */
export async function ownResources(prefix: string, request: Request): Promise<OwnResource[]> {
  const NameContains = prefix;
  const lists = [
    listed<ListEndpointsOutput>(
      (page) => request('ListEndpoints', (sdk) => new sdk.ListEndpointsCommand({ NameContains, ...page })),
      (o) =>
        named(
          'endpoint',
          (o.Endpoints ?? []).map((e) => e.EndpointName),
        ),
    ),
    listed<ListEndpointConfigsOutput>(
      (page) => request('ListEndpointConfigs', (sdk) => new sdk.ListEndpointConfigsCommand({ NameContains, ...page })),
      (o) =>
        named(
          'endpoint configuration',
          (o.EndpointConfigs ?? []).map((e) => e.EndpointConfigName),
        ),
    ),
    listed<ListModelsOutput>(
      (page) => request('ListModels', (sdk) => new sdk.ListModelsCommand({ NameContains, ...page })),
      (o) =>
        named(
          'model',
          (o.Models ?? []).map((m) => m.ModelName),
        ),
    ),
    listed<ListAutoMLJobsResponse>(
      (page) =>
        request(
          'ListAutoMLJobs',
          (sdk) => new sdk.ListAutoMLJobsCommand({ NameContains, StatusEquals: 'InProgress', ...page }),
        ),
      (o) =>
        named(
          'AutoML job',
          (o.AutoMLJobSummaries ?? []).map((j) => j.AutoMLJobName),
        ),
    ),
    listed<ListTrainingJobsResponse>(
      (page) =>
        request(
          'ListTrainingJobs',
          (sdk) => new sdk.ListTrainingJobsCommand({ NameContains, StatusEquals: 'InProgress', ...page }),
        ),
      (o) =>
        named(
          'training job',
          (o.TrainingJobSummaries ?? []).map((j) => j.TrainingJobName),
        ),
    ),
  ];
  const found = (await Promise.all(lists)).flat();
  return found.filter(({ name }) => name.startsWith(prefix));
}

async function listed<Output extends Page>(
  request: (page: { NextToken?: string }) => Promise<Output>,
  read: (output: Output) => OwnResource[],
): Promise<OwnResource[]> {
  const found: OwnResource[] = [];
  let next: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const output = await request(next === undefined ? {} : { NextToken: next });
    found.push(...read(output));
    next = output.NextToken;
    if (next === undefined) break;
  }
  return found;
}

const named = (kind: OwnResource['kind'], names: readonly (string | undefined)[]): OwnResource[] =>
  names.flatMap((name) => (name === undefined ? [] : [{ kind, name }]));
