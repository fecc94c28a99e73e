import { type KmeansModel, loadKmeansModel } from './algorithms/kmeans-model.js';
import { type LinearLearnerModel, loadLinearLearnerModel } from './algorithms/linear-learner-model.js';
import { loadXgboostModel, type XgboostModel } from './algorithms/xgboost-model.js';
import { type AutoMlModel, loadAutoMlModel } from './automl/automl-model.js';
import type { TrainedModel } from './training-job.js';

type StoredModel = AutoMlModel | XgboostModel | LinearLearnerModel | KmeansModel;

/** @param model of a candidate: JSON in UTF-8 */
export function loadModel(model: Uint8Array): TrainedModel {
  const stored = JSON.parse(new TextDecoder().decode(model)) as StoredModel;
  switch (stored.kind) {
    case 'automl':
      return loadAutoMlModel(stored);
    case 'xgboost':
      return loadXgboostModel(stored);
    case 'linear-learner':
      return loadLinearLearnerModel(stored);
    case 'kmeans':
      return loadKmeansModel(stored);
  }
}
