export { describeReference, type ReferenceServer } from './describe-reference.js';
