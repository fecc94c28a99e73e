export { ConfigurationError } from 'aws-ml-options';
export type { Intercept } from './client-session/serve-client.js';
export { type RunningProxy, startProxy } from './proxy.js';
export type { ProxyOptions } from './proxy-options.js';
export type { ClientSession } from './relay/client-session.js';
export type { FrameInterceptor, TransactionStatus } from './relay/frame-interceptor.js';
