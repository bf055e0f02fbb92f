import { decide } from '../routing/decide.js';
import type { Plan } from '../routing/plan.js';
import type { Asked, RunContext } from './run-context.js';

/** Where the call may go. */
export function planRoute<Request, Result, Event>(
  { endpoint, lease, ports }: RunContext<Request, Result, Event>,
  { parsed, principal }: Asked<Request>,
): Plan {
  const { operation, dialect } = endpoint;
  const question = { model: parsed.model, operation, dialect: dialect.id, features: parsed.features, principal };
  return decide(lease.snapshot, question, ports.random);
}
