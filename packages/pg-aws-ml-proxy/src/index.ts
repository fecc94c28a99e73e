export { ConfigurationError } from 'aws-ml-options';
export type { Intercept } from './client-session/surroundings.js';
export { type ProxyHooks, type RunningProxy, startProxy } from './proxy.js';
export type { LogFields, LogLevel, ProxyLog } from './proxy-log.js';
export type { ProxyOptions } from './proxy-options.js';
export type { ClientSession } from './relay/client-session.js';
export type { FrameInterceptor, TransactionStatus } from './relay/frame-interceptor.js';
