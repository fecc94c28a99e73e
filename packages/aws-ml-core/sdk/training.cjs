// What is used of SageMaker's control plane. Imported as it is, Node would look through all of it for the names that it exports.
let sdk;
try {
  // Within a try, bundlers take it for what may be missing.
  sdk = require('@aws-sdk/client-sagemaker');
} catch (cause) {
  throw Object.assign(new Error('@aws-sdk/client-sagemaker is not installed', { cause }), { code: 'MODULE_NOT_FOUND' });
}
const {
  CreateAutoMLJobV2Command,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeAutoMLJobV2Command,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListAutoMLJobsCommand,
  ListCandidatesForAutoMLJobCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopAutoMLJobCommand,
  StopTrainingJobCommand,
} = sdk;
module.exports = {
  CreateAutoMLJobV2Command,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeAutoMLJobV2Command,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListAutoMLJobsCommand,
  ListCandidatesForAutoMLJobCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopAutoMLJobCommand,
  StopTrainingJobCommand,
};
