// What is used of the SDK's client. Imported as it is, Node would look through all of it for the names that it exports.
const { BatchDetectSentimentCommand, ComprehendClient, DetectSentimentCommand } = require('@aws-sdk/client-comprehend');
module.exports = { BatchDetectSentimentCommand, ComprehendClient, DetectSentimentCommand };
