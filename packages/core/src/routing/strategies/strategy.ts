import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import type { KeptCode } from '../reasons.js';

/** An order of an alias's targets, the first to be asked first. Pure: state and chance come with the context. */
export interface Strategy {
  /** The same targets in the order in which they are to be asked. */
  order(targets: readonly AliasTarget[], context: RouteContext): readonly AliasTarget[];
  /** Why a target stands where it stands; asked only where somebody wants to know. */
  explain(placed: Placed, context: RouteContext): StrategyReason;
}
export interface Placed {
  readonly target: AliasTarget;
  /** From 0. */
  readonly position: number;
}
export interface StrategyReason {
  readonly code: KeptCode;
  readonly reason: string;
}
