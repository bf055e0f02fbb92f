import type { Admission } from '@sluice/contract';
import { intentOf } from '../call-record.js';
import { Asking } from './asking.js';
import type { AskingParts } from './asking.js';
import { readPriority } from './read-priority.js';
import type { Admitted, CallContext } from './run-context.js';

export type AdmitParts = Omit<AskingParts, 'call' | 'priceUse' | 'assumedOutputTokens'>;

/**
 * Reserves what the request may use within the limits and writes the intent; from here on it counts. Only what this returns
 * can be sent to a provider.
 */
export async function admit<Run extends CallContext>(run: Run, parts: AdmitParts): Promise<Admitted<Run>> {
  const { call, ports } = run;
  call.priority = readPriority(call.received.headers);
  run.admission = ports.limiter.free(parts.principal) ?? (await reserve(run, parts));
  const { reservedNanoUsd, isRecorded } = run.admission;
  call.reservedNanoUsd = reservedNanoUsd;
  if (!isRecorded) await ports.ledger.open(intentOf(call, reservedNanoUsd));
  call.accepted = true;
  return run as Admitted<Run>;
}

async function reserve(run: CallContext, parts: AdmitParts): Promise<Admission> {
  const { call, ports } = run;
  const { priceUse, assumedOutputTokens, limiter } = ports;
  const asking = new Asking({ ...parts, call, priceUse, assumedOutputTokens });
  const isPatient = parts.principal.limits.queue !== undefined;
  const admission = isPatient ? await reserveInTurn(run, asking, parts) : await limiter.admit(asking, call.signal);
  call.scope.add(() => admission.settle(call.amountsUsed()));
  return admission;
}

/** The wait is not the gateway's own time, but it is the request's. */
async function reserveInTurn(
  { call, ports }: CallContext,
  asking: Asking,
  { candidates }: AdmitParts,
): Promise<Admission> {
  const totalMs = candidates[0]?.timeouts.totalMs ?? Number.POSITIVE_INFINITY;
  const turn = { priority: call.priority, leftMs: totalMs - call.elapsedMs() };
  call.beginWait();
  try {
    return await ports.limiter.admitInTurn(asking, turn, call.signal);
  } finally {
    call.endWait();
  }
}
