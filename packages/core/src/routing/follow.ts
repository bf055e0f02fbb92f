import { errorRow } from '@sluice/contract';
import type { FailureClass, GatewayError } from '@sluice/contract';
import type { Candidate, Plan } from './plan.js';

/** Whether a candidate may be asked after the last failure, or where nobody has failed yet. */
export function mayAsk({ policy, passedOver }: Plan, { only }: Candidate, failure: GatewayError | undefined): boolean {
  if (!failure) return only === undefined || (passedOver !== undefined && only.has(passedOver));
  if (only === undefined) return allows(policy.fallbackOn, failure);
  const { failureClass } = errorRow(failure.code);
  return failureClass !== undefined && only.has(failureClass);
}

/** Whether anybody in the plan may be asked after a failure. */
export function mayGoOn({ policy, candidates }: Plan, failure: GatewayError): boolean {
  const { failureClass } = errorRow(failure.code);
  if (allows(policy.fallbackOn, failure)) return true;
  return failureClass !== undefined && candidates.some(({ only }) => only?.has(failureClass));
}

/** Whether the next target may mend the failure, and the policy wants it asked. */
function allows(fallbackOn: ReadonlySet<FailureClass>, { code }: GatewayError): boolean {
  const { retry, failureClass } = errorRow(code);
  // A refused credential of ours is never the caller's doing: the next target is asked whatever the policy says.
  if (code === 'upstream_auth_error') return true;
  if (failureClass !== undefined) return fallbackOn.has(failureClass);
  return retry === 'next-target';
}
