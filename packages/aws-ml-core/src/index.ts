export { mlFunctions } from './ml-functions.js';
export type { MlFunction, MlFunctionName, MlParameter, MlResultColumn } from './ml-functions.js';
