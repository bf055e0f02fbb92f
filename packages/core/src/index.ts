export { jsonAnswer } from './answer.js';
export { createAttemptMemory } from './attempts/attempt-memory.js';
export { createPipeline } from './pipeline.js';
export { RAW_ROUTE, createRawPipeline } from './raw/raw-pipeline.js';
export { decide } from './routing/decide.js';
export { explainCall } from './routing/explain.js';
export { createCandidate } from './routing/plan.js';
export { assertRoute, mayUseModel } from './routing/resolve.js';
export { STRATEGIES } from './routing/strategies/strategies.js';
export { TargetStatsTable } from './routing/target-stats.js';
export { parseBody, assertBodyType } from './parse-body.js';
export { LeftBehind } from './left-behind.js';
export type { LeftCall } from './left-behind.js';
export { ResourcePool, resourceKey, stableHash } from './resource-pool.js';
export { SettleScope } from './settle-scope.js';
export { SnapshotHolder } from './snapshot.js';
export type { Answer, PlainAnswer, StreamAnswer } from './answer.js';
export type { AttemptMemory } from './attempts/attempt-memory.js';
export type { Account, KeyRing } from './attempts/key-ring.js';
export type { Rests } from './attempts/rests.js';
export type { RetryBudget } from './attempts/retry-budget.js';
export type { ReceivedCall, TraceContext } from './received-call.js';
export type { Endpoint, Pipeline, Ports } from './ports.js';
export type { RawPipeline, RawPipelineParts } from './raw/raw-pipeline.js';
export type { RawAsked } from './raw/raw-run.js';
export type { RawTarget } from './raw/raw-url.js';
export type { Resource, Share } from './resource-pool.js';
export type { CallToExplain, ExplainedCandidate, Explanation } from './routing/explain.js';
export type { Candidate, Plan } from './routing/plan.js';
export type { KeptCode, RejectedCode } from './routing/reasons.js';
export type { RouteQuestion, RoutingState } from './routing/question.js';
export type { StrategyName } from './routing/strategies/strategies.js';
export type { AnswerKind, StatsView, TargetStats, TargetView } from './routing/target-stats.js';
export type {
  Alias,
  AliasRule,
  AliasTarget,
  Canary,
  ConfiguredProvider,
  Generation,
  DrainPolicy,
  HedgePolicy,
  HoldBack,
  Lease,
  RetryPolicy,
  RoutePolicy,
  RuleConditions,
  Snapshot,
  Timeouts,
} from './snapshot.js';
