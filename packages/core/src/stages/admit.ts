import type { Admission, Principal } from '@sluice/contract';
import { readPriority } from './read-priority.js';
import type { CallContext } from './run-context.js';

/**
 * Takes a place within the limits and writes the intent; from here on the request counts. `totalMs` is what the request has
 * in all, where that is known.
 */
export async function admit(run: CallContext, principal: Principal, totalMs: number | undefined): Promise<void> {
  const { call, ports } = run;
  call.priority = readPriority(call.received.headers);
  const admission = principal.limits.queue
    ? await admitInTurn(run, principal, totalMs)
    : await ports.limiter.admit(principal, call.signal);
  call.scope.add(() => admission.release());
  run.admission = admission;
  await ports.ledger.open(call.intent());
  call.accepted = true;
}

/** The wait is not the gateway's own time, but it is the request's. */
async function admitInTurn(
  { call, ports }: CallContext,
  principal: Principal,
  totalMs = Number.POSITIVE_INFINITY,
): Promise<Admission> {
  const asking = { priority: call.priority, leftMs: totalMs - call.elapsedMs() };
  call.beginWait();
  try {
    return await ports.limiter.admitInTurn(principal, asking, call.signal);
  } finally {
    call.endWait();
  }
}
