import type { AlgorithmTask, AutoMlTask } from '../training/training-job.js';

export type Algorithm = AutoMlTask['kind'] | AlgorithmTask['kind'];

/** The repositories of AWS's images, by what the models in them are. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  'sagemaker-xgboost': 'xgboost',
  xgboost: 'xgboost',
  'linear-learner': 'linear-learner',
  kmeans: 'kmeans',
  'autogluon-inference': 'automl',
  'sagemaker-sklearn-automl': 'automl',
};

/** What an image URI (`<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>`) runs; undefined for others. */
export function algorithmOfImage(image: string): Algorithm | undefined {
  const repository = image.slice(image.lastIndexOf('/') + 1).split(/[:@]/, 1)[0] ?? '';
  return Object.hasOwn(ALGORITHMS, repository) ? ALGORITHMS[repository] : undefined;
}

/** The image that Autopilot's ensembles are served by. */
export const autoMlImage = (region: string) =>
  `763104351884.dkr.ecr.${region}.amazonaws.com/autogluon-inference:1.1.1-cpu-py311-ubuntu20.04`;
