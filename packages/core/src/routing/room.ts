import type { SlotsView } from '@sluice/contract';
import type { Candidate } from './plan.js';
import type { RouteContext } from './question.js';

/** How the places of a target stand; nothing where it has no bound. */
export function roomOf({ circuit }: Candidate, { state }: RouteContext): SlotsView | undefined {
  return state.slots?.view(circuit);
}

/** Whether a call that comes now would have to wait for a place. */
export function isFull(view: SlotsView | undefined): boolean {
  return view !== undefined && (view.inFlight >= view.limit || view.waiting > 0);
}

/** The places that are free, as a share of all; 0 where somebody waits for one. */
export function freeShare(view: SlotsView): number {
  return isFull(view) ? 0 : 1 - view.inFlight / view.limit;
}
