import type { ChatRequest, Outcome } from '@sluice/contract';
import { Call } from './call.js';
import { recordOf } from './call-record.js';
import { isUnderKey } from './once.js';
import type { Endpoint, Pipeline, Ports } from './ports.js';
import type { ReceivedCall } from './received-call.js';
import { answer, answerOnce } from './run.js';
import type { SnapshotHolder } from './snapshot.js';
import type { CallContext } from './stages/run-context.js';
import { tellHistory } from './told-history.js';

/**
 * One request from its head to its settlement, stage by stage. The order is the product: nothing is read before the
 * caller is known, nothing is spent before it is admitted and written down, and whatever was taken on the way is given
 * back by the call's scope exactly once.
 */
export function createPipeline<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  endpoint: Endpoint<Request, Result, Event>,
  snapshots: Pick<SnapshotHolder, 'acquire'>,
): Pipeline {
  return (received) => {
    const run = { endpoint, ...openCall({ received, route: endpoint.route }, snapshots) };
    const answering = isUnderKey(received) ? answerOnce(run) : answer(run);
    const { call, ports } = run;
    const { history } = ports;
    return history ? answering.then((given) => tellHistory({ call, history }, given)) : answering;
  };
}

/** Begins the bookkeeping of a request: from here on its scope must be settled. */
export function openCall(
  { received, route }: { readonly received: ReceivedCall; readonly route: string },
  snapshots: Pick<SnapshotHolder, 'acquire'>,
): CallContext {
  const lease = snapshots.acquire();
  const { ports } = lease;
  const call = new Call(received, route, ports);
  call.scope.add(() => lease.release());
  ports.telemetry.opened(route);
  call.scope.add((outcome) => writeRecord(call, outcome, ports));
  return { call, lease, ports, admission: undefined, once: undefined };
}

function writeRecord(call: Call, outcome: Outcome, { ledger, telemetry }: Ports): void {
  const record = recordOf(call, outcome);
  if (call.accepted) ledger.settle(record);
  telemetry.settled(record);
}
