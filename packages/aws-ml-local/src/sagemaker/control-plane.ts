import type { Endpoint } from '../endpoints/endpoint.js';
import type { ObjectStore } from '../objects/object-store.js';
import { checkShape } from '../shapes/check-shape.js';
import {
  createAutoMlJob,
  describeAutoMlJob,
  listAutoMlJobs,
  listCandidates,
  resumeAutoMlJobs,
  stopAutoMlJob,
} from './automl-jobs.js';
import type { ControlContext } from './context.js';
import {
  createEndpointConfig,
  deleteEndpointConfig,
  describeEndpointConfig,
  listEndpointConfigs,
} from './endpoint-configs.js';
import {
  configuredEndpoint,
  createEndpoint,
  deleteEndpoint,
  describeEndpoint,
  listEndpoints,
  resumeEndpoints,
  updateEndpoint,
} from './endpoints.js';
import { createModel, deleteModel, describeModel, listModels } from './models.js';
import { type Operation, REQUEST_SHAPES } from './request-shapes.js';
import { StateFile } from './state-file.js';
import { addTags, deleteTags, listTags } from './tags.js';
import {
  createTrainingJob,
  describeTrainingJob,
  listTrainingJobs,
  resumeTrainingJobs,
  stopTrainingJob,
} from './training-jobs.js';
import { type StageRules, WorkList } from './work.js';

/** Requests have been checked against their shape by then. Answers have dates as Date, or are nothing at all. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has a request of its own, which its shape vouches for
type Handler = (context: ControlContext, request: any) => unknown;

const HANDLERS: Readonly<Record<Operation, Handler>> = {
  CreateAutoMLJobV2: createAutoMlJob,
  DescribeAutoMLJobV2: describeAutoMlJob,
  ListAutoMLJobs: listAutoMlJobs,
  StopAutoMLJob: stopAutoMlJob,
  ListCandidatesForAutoMLJob: listCandidates,
  CreateTrainingJob: createTrainingJob,
  DescribeTrainingJob: describeTrainingJob,
  ListTrainingJobs: listTrainingJobs,
  StopTrainingJob: stopTrainingJob,
  CreateModel: createModel,
  DescribeModel: describeModel,
  ListModels: listModels,
  DeleteModel: deleteModel,
  CreateEndpointConfig: createEndpointConfig,
  DescribeEndpointConfig: describeEndpointConfig,
  ListEndpointConfigs: listEndpointConfigs,
  DeleteEndpointConfig: deleteEndpointConfig,
  CreateEndpoint: createEndpoint,
  DescribeEndpoint: describeEndpoint,
  UpdateEndpoint: updateEndpoint,
  ListEndpoints: listEndpoints,
  DeleteEndpoint: deleteEndpoint,
  AddTags: addTags,
  ListTags: listTags,
  DeleteTags: deleteTags,
};

export interface ControlPlaneOptions {
  readonly region: string;
  readonly store: ObjectStore;
  readonly rules: StageRules;
  /** Names of the endpoints of the options. */
  readonly configured: readonly string[];
  /** Where the state is kept; default: in memory. */
  readonly stateFile?: string | undefined;
}

/** SageMaker's control plane: jobs that train, and what is made of them. */
export class ControlPlane {
  private constructor(
    private readonly context: ControlContext,
    private readonly file: StateFile,
  ) {}

  /** Goes on with what was under way when the one before has ended. */
  static async open({ region, store, rules, configured, stateFile }: ControlPlaneOptions): Promise<ControlPlane> {
    const startedAt = Date.now();
    const file = await StateFile.open(stateFile);
    const context: ControlContext = {
      region,
      store,
      state: file.state,
      work: new WorkList(rules),
      hosted: new Map(),
      configured: new Map(configured.map((name) => [name, configuredEndpoint(name, startedAt)])),
      changed: () => file.changed(),
    };
    resumeAutoMlJobs(context);
    resumeTrainingJobs(context);
    await resumeEndpoints(context);
    return new ControlPlane(context, file);
  }

  static knows(operation: string): operation is Operation {
    return Object.hasOwn(HANDLERS, operation);
  }

  /** @throws AwsError for a request that its shape forbids */
  check(operation: Operation, request: unknown): void {
    checkShape(REQUEST_SHAPES[operation], request);
  }

  /** The name of what a checked request is about, its first required member; '' for one that lists. */
  target(operation: Operation, request: unknown): string {
    const [name] = Object.keys(REQUEST_SHAPES[operation].required);
    return name === undefined ? '' : String((request as Record<string, unknown>)[name]);
  }

  /** Answers a checked request. */
  async answer(operation: Operation, request: unknown): Promise<object | undefined> {
    return (await HANDLERS[operation](this.context, request)) as object | undefined;
  }

  /** What the runtime answers by; undefined for an endpoint that isn't there or has no model yet. */
  endpoint(name: string): Endpoint | undefined {
    return this.context.hosted.get(name);
  }

  /** Work that hangs by a fault goes on where it no longer does. */
  faultsChanged(): void {
    this.context.work.resume();
  }

  /** Ends all work, and keeps how far it has come. */
  async close(): Promise<void> {
    await this.context.work.close();
    await this.file.close();
  }
}
