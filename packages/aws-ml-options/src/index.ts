export { checkOptions } from './check-options.js';
export { ConfigurationError } from './configuration-error.js';
export { baseUrl, functionOf, numberFrom, oneOf, positiveNumber, regionName, text, wholeNumber } from './schemas.js';
