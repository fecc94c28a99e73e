import type { AutoMLJobSecondaryStatus } from '@aws-sdk/client-sagemaker';
import type { Candidate } from '../training/training-job.js';
import { autoMlTask } from './automl-request.js';
import { arnIn, type ControlContext } from './context.js';
import { failureReason } from './errors.js';
import { packModel } from './model-archive.js';
import { uriBelow, writeObject } from './s3-data.js';
import type { AutoMlJob } from './state.js';
import { trainingEvents } from './training-events.js';
import type { Work } from './work.js';

const STAGES = [
  'Starting',
  'AnalyzingData',
  'FeatureEngineering',
  'ModelTuning',
  'GeneratingExplainabilityReport',
] as const satisfies readonly AutoMLJobSecondaryStatus[];

/** Where a candidate's model goes, in the manner of Autopilot's ensembles. */
export const candidateUri = ({ name, request }: AutoMlJob, candidate: string) =>
  uriBelow(
    request.OutputDataConfig?.S3OutputPath ?? '',
    `${name}/sagemaker-automl-candidates/model/${candidate}/model.tar.gz`,
  );

/** The folder of a candidate's analysis.json. */
export const explainabilityUri = ({ name, request }: AutoMlJob, candidate: string) =>
  uriBelow(request.OutputDataConfig?.S3OutputPath ?? '', `${name}/documentation/explainability/output/${candidate}`);

/** Trains, from a job that has just been created to its end. */
export async function runAutoMlJob(context: ControlContext, job: AutoMlJob, work: Work): Promise<void> {
  try {
    work.limit(job.request.AutoMLProblemTypeConfig?.TabularJobConfig?.CompletionCriteria?.MaxAutoMLJobRuntimeInSeconds);
    await train(context, job, work);
    conclude(context, job, 'Completed', 'Completed');
  } catch (error) {
    if (work.endedBy === 'closed') return;
    if (work.endedBy === 'stopped') conclude(context, job, 'Stopped', 'Stopped');
    else if (work.endedBy === 'out of time') concludeOutOfTime(context, job);
    else fail(context, job, failureReason(error));
  }
}

async function train(context: ControlContext, job: AutoMlJob, work: Work): Promise<void> {
  const stages = new StageWalk(context, job, work);
  await stages.to('AnalyzingData');
  const task = await autoMlTask(context.store, job.request);
  for await (const event of trainingEvents(task, work.signal)) {
    if (event.kind === 'stage') {
      await stages.to(event.stage);
    } else if (event.kind === 'candidate') {
      await stages.to('ModelTuning');
      await keepCandidate(context, job, event.candidate);
    } else {
      const { best, explanation, problemType } = event.result;
      await stages.to('GeneratingExplainabilityReport');
      job.problemType = problemType;
      if (explanation !== undefined) await writeExplanation(context, job, best.name, explanation);
      job.best = best.name;
    }
  }
}

/** Goes through the stages in their order, leaving none out, however the learners report them. */
class StageWalk {
  private reached = -1;

  constructor(
    private readonly context: ControlContext,
    private readonly job: AutoMlJob,
    private readonly work: Work,
  ) {}

  async to(stage: string): Promise<void> {
    const goal = (STAGES as readonly string[]).indexOf(stage);
    while (this.reached < goal) {
      this.reached += 1;
      const next = STAGES[this.reached] as (typeof STAGES)[number];
      change(this.context, this.job, { secondaryStatus: next });
      await this.work.stay(next);
    }
  }
}

async function keepCandidate(
  context: ControlContext,
  job: AutoMlJob,
  { model, ...candidate }: Candidate,
): Promise<void> {
  const createdAt = job.candidates.at(-1)?.endedAt ?? job.modifiedAt;
  await writeObject(context.store, candidateUri(job, candidate.name), await packModel(model), 'application/gzip');
  job.candidates.push({ ...candidate, createdAt, endedAt: Date.now() });
  change(context, job, {});
}

async function writeExplanation(
  { store }: ControlContext,
  job: AutoMlJob,
  candidate: string,
  explanation: object,
): Promise<void> {
  const uri = `${explainabilityUri(job, candidate)}/analysis.json`;
  await writeObject(store, uri, Buffer.from(JSON.stringify(explanation)), 'application/json');
  job.explained = true;
}

/** Autopilot ends gracefully: the best candidate so far is the job's. */
function concludeOutOfTime(context: ControlContext, job: AutoMlJob): void {
  const best = job.candidates.reduce<AutoMlJob['candidates'][number] | undefined>(
    (found, candidate) => (found === undefined || betterThan(candidate, found) ? candidate : found),
    undefined,
  );
  if (best === undefined) {
    fail(context, job, 'The job reached MaxAutoMLJobRuntimeInSeconds before a candidate was trained.');
    return;
  }
  job.best = best.name;
  conclude(context, job, 'Completed', 'MaxAutoMLJobRuntimeReached');
}

const betterThan = (a: Pick<Candidate, 'objective'>, b: Pick<Candidate, 'objective'>) =>
  a.objective.type === 'Maximize' ? a.objective.value > b.objective.value : a.objective.value < b.objective.value;

function fail(context: ControlContext, job: AutoMlJob, reason: string): void {
  job.failureReason = reason;
  conclude(context, job, 'Failed', 'Failed');
}

function conclude(
  context: ControlContext,
  job: AutoMlJob,
  status: AutoMlJob['status'],
  secondaryStatus: AutoMLJobSecondaryStatus,
): void {
  change(context, job, { status, secondaryStatus, endedAt: Date.now() });
}

function change(context: ControlContext, job: AutoMlJob, members: Partial<AutoMlJob>): void {
  // A job that was told to stop shows it until it has.
  const { secondaryStatus, ...rest } = members;
  const stopping = job.status === 'Stopping' && members.status === undefined;
  Object.assign(job, rest, stopping ? {} : members, { modifiedAt: Date.now() });
  context.changed();
}

export const autoMlArn = (context: ControlContext, name: string) => arnIn(context, 'automl-job', name);
