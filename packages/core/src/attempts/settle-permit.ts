import type { Outcome, Permit } from '@sluice/contract';
import type { Call } from '../call.js';

/** Tells the circuits how a stream ended. Whoever stopped waiting, or a gateway that stops, says nothing of the target. */
export function settlePermit(permit: Permit, outcome: Outcome, { signal }: Pick<Call, 'signal'>): void {
  if (outcome.kind === 'completed') permit.succeed();
  else if (outcome.kind === 'failed' && !signal.aborted) permit.fail(outcome.error);
  else permit.forget();
}
