import type {
  AutoMLCandidate,
  DescribeAutoMLJobV2Response,
  DescribeEndpointOutput,
  DescribeTrainingJobResponse,
  ListCandidatesForAutoMLJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { AddressOptions } from '../../options/connection-options.js';
import { autoMlJobInput, trainingJobInput } from './job-requests.js';
import { autoMlState, jobState } from './job-states.js';
import { type OwnResource, ownResources } from './own-resources.js';
import { type ControlModule, SageMakerControl } from './sagemaker-control.js';
import { saysExists, saysNotFound, trainingError } from './training-error.js';
import { type BuiltInAlgorithm, trainingImage } from './training-images.js';
import type {
  EndpointCapacity,
  EndpointState,
  JobReference,
  JobState,
  ModelContainer,
  ResourceTag,
  TrainingJob,
} from './training-job.js';

export interface DeployedModel {
  /** Of model, endpoint configuration and endpoint alike. */
  readonly name: string;
  readonly roleArn: string;
  readonly container: ModelContainer;
  readonly capacity: EndpointCapacity;
  readonly tags?: readonly ResourceTag[] | undefined;
}

/**
 * What training asks of SageMaker. Every step may be repeated: what exists already is created, what isn't there is
 * deleted. Loads the SDK's client with the first request.
 */
export class TrainingOperations {
  readonly #control: SageMakerControl;

  constructor(options: AddressOptions = {}) {
    this.#control = new SageMakerControl(options);
  }

  /** The image of a built-in algorithm in the region of the client; undefined where there is none. */
  async imageOf(algorithm: BuiltInAlgorithm): Promise<string | undefined> {
    return trainingImage(algorithm, await this.#control.region());
  }

  region(): Promise<string> {
    return this.#control.region();
  }

  async startJob(job: TrainingJob, signal?: AbortSignal): Promise<void> {
    if (job.kind === 'automl') {
      const input = autoMlJobInput(job);
      await this.#create('CreateAutoMLJobV2', (sdk) => new sdk.CreateAutoMLJobV2Command(input), signal);
      return;
    }
    const input = trainingJobInput(job, await this.imageOf(job.algorithm));
    await this.#create('CreateTrainingJob', (sdk) => new sdk.CreateTrainingJobCommand(input), signal);
  }

  /** Undefined where there is no such job. */
  async job({ kind, name }: JobReference, signal?: AbortSignal): Promise<JobState | undefined> {
    if (kind === 'algorithm') {
      const described = await this.#describe<DescribeTrainingJobResponse>(
        'DescribeTrainingJob',
        (sdk) => new sdk.DescribeTrainingJobCommand({ TrainingJobName: name }),
        signal,
      );
      return described && jobState(described);
    }
    const described = await this.#describe<DescribeAutoMLJobV2Response>(
      'DescribeAutoMLJobV2',
      (sdk) => new sdk.DescribeAutoMLJobV2Command({ AutoMLJobName: name }),
      signal,
    );
    return described && autoMlState(described, await this.#candidates(name, signal));
  }

  /** The models that a job has tried so far. */
  async #candidates(job: string, signal?: AbortSignal): Promise<AutoMLCandidate[]> {
    const found: AutoMLCandidate[] = [];
    for (let next: string | undefined, page = 0; page < 8; page++) {
      const input = { AutoMLJobName: job, MaxResults: 100, ...(next !== undefined && { NextToken: next }) };
      const answer = await this.#describe<ListCandidatesForAutoMLJobResponse>(
        'ListCandidatesForAutoMLJob',
        (sdk) => new sdk.ListCandidatesForAutoMLJobCommand(input),
        signal,
      );
      found.push(...(answer?.Candidates ?? []));
      next = answer?.NextToken;
      if (next === undefined) break;
    }
    return found;
  }

  /** Nothing happens where it has ended, or is none. */
  async stopJob({ kind, name }: JobReference, signal?: AbortSignal): Promise<void> {
    if (kind === 'automl') {
      await this.#remove('StopAutoMLJob', (sdk) => new sdk.StopAutoMLJobCommand({ AutoMLJobName: name }), signal);
    } else {
      await this.#remove('StopTrainingJob', (sdk) => new sdk.StopTrainingJobCommand({ TrainingJobName: name }), signal);
    }
  }

  /** Makes a model, its configuration and its endpoint, as far as they aren't there; does not wait until it is in service. */
  async deploy({ name, roleArn, container, capacity, tags = [] }: DeployedModel, signal?: AbortSignal): Promise<void> {
    const Tags = tags.map(({ key: Key, value: Value }) => ({ Key, Value }));
    const { image: Image, artifact: ModelDataUrl, environment: Environment } = container;
    await this.#create(
      'CreateModel',
      (sdk) =>
        new sdk.CreateModelCommand({
          ModelName: name,
          ExecutionRoleArn: roleArn,
          PrimaryContainer: { Image, ModelDataUrl, Environment },
          Tags,
        }),
      signal,
    );
    const variant = { VariantName: 'AllTraffic', ModelName: name, ...capacityOf(capacity) };
    await this.#create(
      'CreateEndpointConfig',
      (sdk) => new sdk.CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant], Tags }),
      signal,
    );
    await this.#create(
      'CreateEndpoint',
      (sdk) => new sdk.CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name, Tags }),
      signal,
    );
  }

  /** Undefined where there is no such endpoint. */
  async endpoint(name: string, signal?: AbortSignal): Promise<EndpointState | undefined> {
    const described = await this.#describe<DescribeEndpointOutput>(
      'DescribeEndpoint',
      (sdk) => new sdk.DescribeEndpointCommand({ EndpointName: name }),
      signal,
    );
    return described && { status: endpointStatus(described.EndpointStatus), failure: described.FailureReason };
  }

  /** Removes endpoint, configuration and model, as far as they are there. */
  async undeploy(name: string, signal?: AbortSignal): Promise<void> {
    await this.#remove('DeleteEndpoint', (sdk) => new sdk.DeleteEndpointCommand({ EndpointName: name }), signal);
    await this.#remove(
      'DeleteEndpointConfig',
      (sdk) => new sdk.DeleteEndpointConfigCommand({ EndpointConfigName: name }),
      signal,
    );
    await this.#remove('DeleteModel', (sdk) => new sdk.DeleteModelCommand({ ModelName: name }), signal);
  }

  /** Endpoints, configurations, models and running jobs whose names begin with a prefix. */
  async resources(prefix: string, signal?: AbortSignal): Promise<OwnResource[]> {
    return ownResources(prefix, (operation, command) => this.#request(operation, command, signal));
  }

  close(): void {
    this.#control.close();
  }

  async #request<Output extends object>(
    operation: string,
    command: (sdk: ControlModule) => object,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    try {
      return await this.#control.send<Output>(command, signal);
    } catch (error) {
      throw trainingError(operation, error);
    }
  }

  async #create(operation: string, command: (sdk: ControlModule) => object, signal?: AbortSignal): Promise<void> {
    try {
      await this.#control.send(command, signal);
    } catch (error) {
      if (!saysExists(error)) throw trainingError(operation, error);
    }
  }

  async #remove(operation: string, command: (sdk: ControlModule) => object, signal?: AbortSignal): Promise<void> {
    try {
      await this.#control.send(command, signal);
    } catch (error) {
      if (!saysNotFound(error) && !saysEnded(error)) throw trainingError(operation, error);
    }
  }

  async #describe<Output extends object>(
    operation: string,
    command: (sdk: ControlModule) => object,
    signal?: AbortSignal,
  ): Promise<Output | undefined> {
    try {
      return await this.#control.send<Output>(command, signal);
    } catch (error) {
      if (saysNotFound(error)) return undefined;
      throw trainingError(operation, error);
    }
  }
}

/** A job that has ended can't be stopped, and an endpoint that is being deleted can't be deleted again. */
const saysEnded = (thrown: unknown): boolean =>
  /\b(status|state)\b.*\b(Completed|Failed|Stopped|Stopping|Deleting)\b|not in progress|Cannot (stop|update)/i.test(
    (thrown as { message?: string }).message ?? '',
  );

const capacityOf = (capacity: EndpointCapacity) =>
  capacity.kind === 'serverless'
    ? { ServerlessConfig: { MemorySizeInMB: capacity.memorySizeInMb, MaxConcurrency: capacity.maxConcurrency } }
    : { InstanceType: capacity.instanceType as never, InitialInstanceCount: capacity.instanceCount };

function endpointStatus(status: string | undefined): EndpointState['status'] {
  switch (status) {
    case 'InService':
    case 'Updating':
    case 'SystemUpdating':
      return 'in service';
    case 'Failed':
    case 'OutOfService':
      return 'failed';
    case 'Deleting':
      return 'deleting';
    default:
      return 'creating';
  }
}
