// What is used of the SDK's client. Imported as it is, Node would look through all of it for the names that it exports.
const { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } = require('@aws-sdk/client-bedrock-runtime');
module.exports = { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand };
