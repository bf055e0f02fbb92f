import { errorRow, gatewayError, toGatewayError } from '@sluice/contract';
import type { AttemptRecord, Circuits, GatewayError, Permit } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { Call } from './call.js';
import type { Candidate, Plan } from './routing/plan.js';
import type { RoutePolicy } from './snapshot.js';

/** Failures that another try at the same target may well mend. The others would only cost time. */
const WORTH_REPEATING: ReadonlySet<string> = new Set(['connection', 'truncated', 'server_error']);

export interface Attempted {
  readonly candidate: Candidate;
  readonly opened: Opened;
  readonly permit: Permit;
}

/**
 * Tries the plan's targets in order until one answers. Rejects with the last failure, or with the first that another
 * target could not mend; with `no_healthy_provider` when every circuit was open.
 */
export async function runAttempts(
  call: Call,
  plan: Plan,
  { circuits, tryOne }: { readonly circuits: Circuits; readonly tryOne: (candidate: Candidate) => Promise<Opened> },
): Promise<Attempted> {
  const { candidates, policy } = plan;
  let failure: GatewayError | undefined;
  let left = policy.retries.max + 1;
  for (const candidate of candidates) {
    for (let again = 0; left > 0 && isInTime(call, candidate) && mayTry(policy, again, failure); again += 1) {
      const permit = circuits.admit(candidate.circuit);
      // An open circuit is no attempt: the next target gets its turn.
      if (!permit) break;
      left -= 1;
      const beganMs = call.elapsedMs();
      try {
        const opened = await tryOne(candidate);
        call.attempts.push(toRecord(candidate, call.elapsedMs() - beganMs));
        return { candidate, permit, opened };
      } catch (cause) {
        const error = toGatewayError(cause);
        call.attempts.push(toRecord(candidate, call.elapsedMs() - beganMs, error));
        failure = passing(policy, verdict(call, error, permit));
      }
    }
  }
  throw failure ?? noneHealthy(candidates, circuits);
}

/** A try that begins after the request's time is over would come to nothing, and be held against its target. */
function isInTime(call: Call, { timeouts }: Candidate): boolean {
  return call.attempts.length === 0 || call.elapsedMs() < timeouts.totalMs;
}

/** The first time always; again at the same target while the policy allows and the failure may be a passing one. */
function mayTry({ retries }: RoutePolicy, again: number, failure: GatewayError | undefined): boolean {
  return again === 0 || (again <= retries.sameTarget && isWorthRepeating(failure));
}

function isWorthRepeating(failure: GatewayError | undefined): boolean {
  const failureClass = failure && errorRow(failure.code).failureClass;
  return failureClass !== undefined && WORTH_REPEATING.has(failureClass) && failure?.code !== 'upstream_auth_error';
}

export function toRecord({ target }: Candidate, durationMs: number, failure?: GatewayError): AttemptRecord {
  const { provider, model } = target;
  if (!failure) return { provider, model, durationMs, status: 200 };
  const { code, details } = failure;
  return {
    provider,
    model,
    durationMs,
    ...(details.upstreamStatus === undefined ? {} : { status: details.upstreamStatus }),
    errorCode: code,
  };
}

/** Says of a failure what it means for the target: the caller's leaving and the request's own faults say nothing. */
export function verdict(call: Call, failure: GatewayError, permit: Permit): GatewayError {
  if (call.received.signal.aborted || errorRow(failure.code).retry === 'never') permit.forget();
  else permit.fail(failure);
  return call.received.signal.aborted ? toGatewayError(call.received.signal.reason) : failure;
}

/** The failure, where another try may mend it. Throws it where none could. */
function passing(policy: RoutePolicy, failure: GatewayError): GatewayError {
  if (!mayGoOn(policy, failure)) throw failure;
  return failure;
}

function mayGoOn({ fallbackOn }: RoutePolicy, failure: GatewayError): boolean {
  const { retry, failureClass } = errorRow(failure.code);
  // A refused credential of ours is never the caller's doing: the next target is asked whatever the policy says.
  if (failure.code === 'upstream_auth_error') return true;
  if (failureClass !== undefined) return fallbackOn.has(failureClass);
  return retry === 'next-target';
}

/** The failure of a request whose every circuit is open. */
export function noneHealthy(candidates: readonly Candidate[], circuits: Circuits): GatewayError {
  const waits = candidates.map(({ circuit }) => circuits.retryAfterMs(circuit));
  return gatewayError('no_healthy_provider', {
    message: 'Every provider of this model is out of order at the moment.',
    details: { retryAfterMs: Math.max(1_000, Math.min(...waits)) },
  });
}
