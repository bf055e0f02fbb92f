import { decide } from '../routing/decide.js';
import type { Plan } from '../routing/plan.js';
import type { Asked, RunContext } from './run-context.js';

/** Where the call may go. */
export function planRoute<Request, Result, Event>(
  { call, endpoint, lease, ports }: RunContext<Request, Result, Event>,
  { parsed, principal, wishes }: Asked<Request>,
): Plan {
  const { operation, dialect } = endpoint;
  const { headers } = call.received;
  const question = { parsed, operation, dialect: dialect.id, principal, headers, bodyBytes: call.bodyBytes, wishes };
  return decide(lease.snapshot, ports, question);
}
