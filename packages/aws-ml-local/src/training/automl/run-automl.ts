import { deadlineIn, OutOfTime } from '../deadline.js';
import { type Objective, objectiveFor } from '../metrics/automl-metrics.js';
import {
  type AutoMlTask,
  type Candidate,
  TrainingFailure,
  type TrainingProgress,
  type TrainingResult,
} from '../training-job.js';
import { type AutoMlData, analyse, prepare } from './automl-data.js';
import { type AutoMlModel, evaluate } from './automl-model.js';
import { explain } from './explain.js';
import type { Learned, Learner, Practice } from './learner.js';
import { learnersFor } from './learners.js';

/** A candidate, and what is needed to learn it again. */
interface Tried {
  readonly learner: Learner;
  readonly practice: Practice;
  readonly candidate: Candidate;
}

export function runAutoMl(task: AutoMlTask, report: (progress: TrainingProgress) => void): TrainingResult {
  const checkTime = deadlineIn(task.maxRuntimeSeconds);
  const stage = (name: string) => report({ kind: 'stage', stage: name });
  stage('AnalyzingData');
  const analysed = analyse(task);
  const objective = objectiveOf(task, analysed.target.problem);
  const learners = learnersFor(task.algorithms).slice(0, task.maxCandidates);
  stage('FeatureEngineering');
  const data = prepare(task, analysed);
  stage('ModelTuning');
  const tried = tryLearners(learners, data, objective, checkTime, report);
  const best = bestOf(tried, objective);
  const learned = learnFromAll(best, data, checkTime);
  stage('GeneratingExplainabilityReport');
  const candidate = { ...best.candidate, model: modelOf(best.learner.algorithm, data, learned) };
  return {
    problemType: data.target.problem,
    candidates: tried.map((one) => (one === best ? candidate : one.candidate)),
    best: candidate,
    explanation: unlessOutOfTime(() => explain(learned, data, checkTime)),
    finalMetrics: candidate.metrics,
  };
}

function objectiveOf({ objective }: AutoMlTask, problem: AutoMlData['target']['problem']): Objective {
  const found = objectiveFor(problem, objective);
  if (found !== undefined) return found;
  throw new TrainingFailure(`ClientError: ${objective} is no objective metric for problem type ${problem}.`);
}

/** As many as there is time for. */
function tryLearners(
  learners: readonly Learner[],
  data: AutoMlData,
  objective: Objective,
  checkTime: () => void,
  report: (progress: TrainingProgress) => void,
): Tried[] {
  const tried: Tried[] = [];
  for (const learner of learners) {
    const practice = unlessOutOfTime(() => learner.learn(data.training, taskOf(data, checkTime), data.validation));
    if (practice === undefined) break;
    const candidate = candidateOf(learner, practice.learned, data, objective);
    report({ kind: 'candidate', candidate });
    tried.push({ learner, practice, candidate });
  }
  return tried;
}

function bestOf([first, ...others]: readonly Tried[], { type }: Objective): Tried {
  if (first === undefined) {
    throw new TrainingFailure('Autopilot candidate has no models: the maximum runtime ended before one was trained.');
  }
  const sign = type === 'Maximize' ? 1 : -1;
  const better = (a: Tried, b: Tried) => sign * (a.candidate.objective.value - b.candidate.objective.value) > 0;
  return others.reduce((best, one) => (better(one, best) ? one : best), first);
}

/**
 * What was held out to measure by is a fifth of what there is to learn from. So the best learner learns once more, from all
 * rows, for as many rounds as proved right; its metrics stay those of the held-out rows. Where no time is left, or the
 * validation rows are the user's own, it stays as it is.
 */
function learnFromAll({ learner, practice }: Tried, data: AutoMlData, checkTime: () => void): Learned {
  if (data.all === data.training) return practice.learned;
  const again = () => learner.learn(data.all, taskOf(data, checkTime), undefined, practice.rounds).learned;
  return unlessOutOfTime(again) ?? practice.learned;
}

function candidateOf(learner: Learner, learned: Learned, data: AutoMlData, objective: Objective): Candidate {
  const { name, algorithm } = learner;
  const metrics = evaluate(learned, data.target.problem, data.validation);
  const { value, set } = metrics.find((metric) => metric.name === objective.name)!;
  return {
    name,
    algorithm,
    metrics,
    objective: { ...objective, value, set },
    model: modelOf(algorithm, data, learned),
  };
}

function modelOf(algorithm: string, { target, columns }: AutoMlData, learned: Learned): Uint8Array {
  const { problem, classes } = target;
  const model: AutoMlModel = { kind: 'automl', algorithm, problem, classes, columns, learned };
  return new TextEncoder().encode(JSON.stringify(model));
}

const taskOf = ({ target }: AutoMlData, checkTime: () => void) => ({
  problem: target.problem,
  classes: target.classes.length,
  checkTime,
});

function unlessOutOfTime<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  }
}
