export { jsonAnswer } from './answer.js';
export { createAttemptMemory } from './attempts/attempt-memory.js';
export { createPipeline } from './pipeline.js';
export { RAW_ROUTE, createRawPipeline } from './raw/raw-pipeline.js';
export { decide, mayUseModel } from './routing/decide.js';
export { createCandidate } from './routing/plan.js';
export { parseBody, assertBodyType } from './parse-body.js';
export { SettleScope } from './settle-scope.js';
export { SnapshotHolder } from './snapshot.js';
export type { Answer, PlainAnswer, StreamAnswer } from './answer.js';
export type { AttemptMemory } from './attempts/attempt-memory.js';
export type { Account, KeyRing } from './attempts/key-ring.js';
export type { Rest, Rests } from './attempts/rests.js';
export type { RetryBudget } from './attempts/retry-budget.js';
export type { ReceivedCall, TraceContext } from './call.js';
export type { Endpoint, Pipeline, Ports } from './ports.js';
export type { RawPipeline, RawPipelineParts } from './raw/raw-pipeline.js';
export type { RawAsked } from './raw/raw-run.js';
export type { RawTarget } from './raw/raw-url.js';
export type { RouteQuestion } from './routing/decide.js';
export type { Candidate, Plan } from './routing/plan.js';
export type {
  Alias,
  ConfiguredProvider,
  HoldBack,
  Lease,
  RetryPolicy,
  RoutePolicy,
  Snapshot,
  Timeouts,
  WeightedCandidate,
} from './snapshot.js';
