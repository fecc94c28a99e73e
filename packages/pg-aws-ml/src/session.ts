/**
 * What a front end builds upon: an engine, the sessions of its clients, and their connections to the server in terms of
 * the protocol. For packages of this project; it may change with every version.
 */
export type { BudgetState, FunctionStats, LaneLimit } from 'aws-ml-core';
export type { Logger } from './observability/log.js';
export type { ExecutionMode, PoolObserver, StatementStart, StatementWatch } from './observability/pool-observer.js';
export { type AwsMlOptions, awsMlOptions, checkedOptions } from './pool-state/aws-ml-options.js';
export { usesBuiltInsOnly } from './recognise/built-in-only.js';
export { DatabaseError, databaseError, type ErrorFields, featureNotSupported } from './server/database-error.js';
export type { Connect, OpenedConnection } from './server/own-connection.js';
export { PipelinedConnection } from './server/pipelined-connection.js';
export type {
  BindMessage,
  CopyChannel,
  ExecuteMessage,
  ParseMessage,
  ProtocolConnection,
  ServerMessage,
  TargetMessage,
} from './server/protocol-connection.js';
export type {
  AnswerRow,
  BoundValue,
  FieldDescription,
  ResultFormats,
  ServerConnection,
  ServerNotice,
  TransactionStatus,
} from './server/server-connection.js';
export { discard, type NativeRun, type ResultSink, type Statement, type StatementOutcome } from './server/statement.js';
export { TransactionUnit } from './server/transaction.js';
export { Engine } from './session/engine.js';
export type { Interceptor } from './session/interceptor.js';
export { type Failure, leaveReady } from './session/leave-ready.js';
export { runAgainHint } from './session/run-again.js';
export { explainMissingExtension } from './stubs/missing-extension.js';
export { portalName } from './stubs/names.js';
