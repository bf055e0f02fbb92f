import type { Candidate } from './plan.js';

/** Why a candidate is among the places to try. */
export type KeptCode =
  /** The caller named the provider and the model, or a bare name led there. */
  | 'requested'
  /** In the caller's own list, `models`. */
  | 'requested_fallback'
  | 'priority'
  | 'weighted'
  | 'least_latency'
  | 'least_busy'
  | 'lowest_cost'
  | 'headroom'
  | 'sticky'
  /** Stands first although others may be better, so that it is measured. */
  | 'exploration'
  | 'canary'
  | 'rule'
  | 'fallback';

/** Why a candidate is not. */
export type RejectedCode =
  | 'operation_unsupported'
  | 'feature_unsupported'
  /** Others count tokens themselves. */
  | 'counts_no_tokens'
  /** Others can reason as asked. */
  | 'no_reasoning'
  | 'context_too_small'
  | 'tag_mismatch'
  | 'canary_not_drawn'
  /** A rule sends the request elsewhere. */
  | 'rule_elsewhere'
  /** The request as a whole is refused. */
  | 'request_refused';

/** Takes down why candidates are kept or rejected. */
export interface Notes {
  keep(candidate: Candidate, code: KeptCode, reason: string): void;
  reject(candidate: Candidate, code: RejectedCode, reason: string): void;
}
