import { errorRow } from '@sluice/contract';
import type { FailureClass, GatewayError } from '@sluice/contract';
import type { Candidate, Plan } from './plan.js';

/** What has kept a request from its answer so far. */
export interface Hindrance {
  readonly failure: GatewayError | undefined;
  /** A target could not be asked, because it had as many calls as it may have. */
  readonly isFull: boolean;
}

/** Whether a candidate may be asked after the last failure, or where nobody has failed yet. */
export function mayAsk({ policy, passedOver }: Plan, { only }: Candidate, { failure, isFull }: Hindrance): boolean {
  if (isFull && only?.has('overloaded')) return true;
  if (!failure) return only === undefined || (passedOver !== undefined && only.has(passedOver));
  return only === undefined ? allows(policy.fallbackOn, failure) : isAmong(only, failure);
}

/** Whether anybody in the plan may be asked after a failure. */
export function mayGoOn({ policy, candidates }: Plan, failure: GatewayError): boolean {
  return allows(policy.fallbackOn, failure) || candidates.some(({ only }) => only && isAmong(only, failure));
}

/** Whether the next target may mend the failure, and the policy wants it asked. */
function allows(fallbackOn: ReadonlySet<FailureClass>, failure: GatewayError): boolean {
  const { retry, failureClass } = errorRow(failure.code);
  // A refused credential of ours is never the caller's doing: the next target is asked whatever the policy says.
  if (failure.code === 'upstream_auth_error') return true;
  return failureClass === undefined ? retry === 'next-target' : isAmong(fallbackOn, failure);
}

/** A provider that has too much to do is a failing server too: either class covers it. */
function isAmong(classes: ReadonlySet<FailureClass>, { code }: GatewayError): boolean {
  const { failureClass } = errorRow(code);
  if (code === 'overloaded' && classes.has('overloaded')) return true;
  return failureClass !== undefined && classes.has(failureClass);
}
