import type { Clock, DialectId, IncomingHeaders, OperationName, ParsedCall, Principal, Slots } from '@sluice/contract';
import type { Snapshot } from '../snapshot.js';
import type { Notes } from './reasons.js';
import type { StatsView } from './target-stats.js';
import type { Wishes } from './wishes.js';

/** All that a request says of where it may go. */
export interface RouteQuestion {
  /** What is asked; the canonical form is made only where something has to be read of the prompt. */
  readonly parsed: Pick<ParsedCall<unknown>, 'model' | 'stream' | 'features' | 'wire' | 'toRequest'>;
  readonly operation: OperationName;
  readonly dialect: DialectId;
  readonly principal: Principal;
  /** Lower-case names. */
  readonly headers: IncomingHeaders;
  readonly bodyBytes: number;
  /** Absent where the body says nothing to the gateway itself. */
  readonly wishes?: Wishes | undefined;
}

/** What routing may know of the present; it changes nothing of it. */
export interface RoutingState {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly stats: StatsView;
  /** Absent = no target is bounded. */
  readonly slots?: Pick<Slots, 'view'>;
  random(): number;
}

/** One decision: the question and all that it is decided by. */
export interface RouteContext {
  readonly snapshot: Snapshot;
  readonly state: RoutingState;
  readonly question: RouteQuestion;
  /** Where reasons are written down; absent on the way of a request, which pays for none. */
  readonly notes?: Notes | undefined;
}
