export { MissingFacts } from './analysis/plan-context.js';
export { deparse, tryDeparse } from './ast/deparse.js';
export { deparseTree, loadParser, parseText, tokensOf } from './ast/grammar.js';
export { withLaterWordsQuoted } from './ast/later-words.js';
export type { Node } from './ast/node.js';
export { nameParts } from './ast/node.js';
export type { ParsedStatement } from './ast/parse.js';
export { parseStatement, parseStatements } from './ast/parse.js';
export { statementFingerprint } from './ast/statement-fingerprint.js';
export { forEachNode, mapNodes, someNode } from './ast/walk.js';
export { auroraFunction } from './aurora-mysql/aurora-function.js';
export type { ArgumentFact, CatalogFacts, ColumnFact, FunctionFact, RelationFact } from './catalog/facts.js';
export { relationKey } from './catalog/facts.js';
export type { DeclineReason } from './decline.js';
export { Decline } from './decline.js';
export { migrate } from './migrate/migrate.js';
export type { KeptCall, LateralScan, Migration, MigrationOutcome, ReachedTarget } from './migrate/migration.js';
export { readModelStatement } from './model-statements/read-model-statement.js';
export type {
  CreateExternalModel,
  CreateModel,
  DropModel,
  ExplainCreateModel,
  Grantee,
  ImportModel,
  ModelPrivileges,
  ModelStatement,
  ModelTag,
  ModelType,
  PreprocessorStep,
  ProblemType,
  RemoteModel,
  ShowModel,
  TrainingSettings,
  TrainingSource,
  TrainModel,
  TypeName,
} from './model-statements/statement.js';
export { withReadableEntries } from './navigation/at-index.js';
export { expandNavigation, type Navigation } from './navigation/expand-navigation.js';
export { mayNavigate, readsOnlyHere } from './navigation/may-navigate.js';
export type { BatchPlan, PipelinePlan, Plan, PlanOutcome, StagePlan, StepPlan, StreamPlan } from './plan.js';
export type { PlanOptions } from './plan-statement.js';
export { planStatement, planSteps } from './plan-statement.js';
export type { AppliedRule, RuleWatch } from './rule-watch.js';
export { keepQueryText } from './rules/keep-query-text.js';
export { nameOutputs } from './rules/name-outputs.js';
export type { CallArgument, CallSite, Evaluation, MaxRows } from './split/plan-tree.js';
export type { RelationBinding, RelationSql, RelationUse } from './split/relation-sql.js';
export { renderRelations } from './split/relation-sql.js';
export { ROW_NUMBER } from './split/split-block.js';
export type { Steps } from './steps.js';
export { splitStatements } from './tokens/split-statements.js';
export { StatementError } from './tokens/syntax-error.js';
export type { ObjectName, TextPart } from './tokens/token-reader.js';
