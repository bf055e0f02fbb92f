import type { Principal } from '@sluice/contract';
import { readPriority } from './read-priority.js';
import type { CallContext } from './run-context.js';

/** Takes a place within the limits and writes the intent; from here on the request counts. */
export async function admit(run: CallContext, principal: Principal): Promise<void> {
  const { call, ports } = run;
  call.priority = readPriority(call.received.headers);
  const admission = await ports.limiter.admit(principal, call.signal);
  call.scope.add(() => admission.release());
  run.admission = admission;
  await ports.ledger.open(call.intent());
  call.accepted = true;
}
