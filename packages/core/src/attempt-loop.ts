import { errorRow, gatewayError, toGatewayError } from '@sluice/contract';
import type { Circuits, GatewayError, Permit } from '@sluice/contract';
import type { Opened } from './attempt.js';
import type { Call } from './call.js';
import type { Candidate, Plan } from './routing/plan.js';

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
  let failure: GatewayError | undefined;
  for (const candidate of tries(plan, () => failure)) {
    const permit = circuits.admit(candidate.circuit);
    if (!permit) continue;
    try {
      return { candidate, permit, opened: await recorded(call, candidate, tryOne) };
    } catch (cause) {
      failure = verdict(call, cause, permit);
      if (!mayGoOn(plan, failure)) throw failure;
    }
  }
  throw failure ?? noneHealthy(plan, circuits);
}

/** Each target in turn, repeated while the policy allows, within the total of attempts. */
function* tries({ candidates, policy }: Plan, lastFailure: () => GatewayError | undefined): Generator<Candidate> {
  let left = policy.retries.max + 1;
  for (const candidate of candidates) {
    for (let again = 0; left > 0 && again <= policy.retries.sameTarget; again += 1) {
      if (again > 0 && !isWorthRepeating(lastFailure())) break;
      const before = lastFailure();
      yield candidate;
      // No new failure means that the circuit refused: that was no attempt.
      if (lastFailure() === before) break;
      left -= 1;
    }
  }
}

function isWorthRepeating(failure: GatewayError | undefined): boolean {
  const failureClass = failure && errorRow(failure.code).failureClass;
  return failureClass !== undefined && WORTH_REPEATING.has(failureClass) && failure?.code !== 'upstream_auth_error';
}

async function recorded(
  call: Call,
  candidate: Candidate,
  tryOne: (candidate: Candidate) => Promise<Opened>,
): Promise<Opened> {
  const beganMs = call.elapsedMs();
  let failure: GatewayError | undefined;
  try {
    return await tryOne(candidate);
  } catch (cause) {
    failure = toGatewayError(cause);
    throw failure;
  } finally {
    const durationMs = call.elapsedMs() - beganMs;
    call.upstreamMs += durationMs;
    const { provider, model } = candidate.target;
    const status = failure ? failure.details.upstreamStatus : 200;
    call.attempts.push({
      provider,
      model,
      durationMs,
      ...(status === undefined ? {} : { status }),
      ...(failure ? { errorCode: failure.code } : {}),
    });
  }
}

/** The caller's leaving and the request's own faults say nothing about the target. */
function verdict(call: Call, cause: unknown, permit: Permit): GatewayError {
  const failure = toGatewayError(cause);
  if (call.received.signal.aborted || errorRow(failure.code).retry === 'never') permit.forget();
  else permit.fail(failure);
  return call.received.signal.aborted ? toGatewayError(call.received.signal.reason) : failure;
}

function mayGoOn({ policy }: Plan, failure: GatewayError): boolean {
  const { retry, failureClass } = errorRow(failure.code);
  // A refused credential of ours is never the caller's doing: the next target is asked whatever the policy says.
  if (failure.code === 'upstream_auth_error') return true;
  if (failureClass !== undefined) return policy.fallbackOn.has(failureClass);
  return retry === 'next-target';
}

function noneHealthy({ candidates }: Plan, circuits: Circuits): GatewayError {
  const waits = candidates.map(({ circuit }) => circuits.retryAfterMs(circuit));
  return gatewayError('no_healthy_provider', {
    message: 'Every provider of this model is out of order at the moment.',
    details: { retryAfterMs: Math.max(1_000, Math.min(...waits)) },
  });
}
