// What is used of the SDK's client. Imported as it is, Node would look through all of it for the names that it exports.
const { InvokeEndpointCommand, SageMakerRuntimeClient } = require('@aws-sdk/client-sagemaker-runtime');
module.exports = { InvokeEndpointCommand, SageMakerRuntimeClient };
