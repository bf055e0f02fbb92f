import { gatewayError } from '@sluice/contract';
import type { IncomingHeaders } from '@sluice/contract';
import type { Timeouts } from '../snapshot.js';
import type { Plan } from './plan.js';

const HEADER = 'x-sluice-timeout-ms';
const MILLISECONDS = /^[1-9]\d{0,9}$/;

/** How long the caller waits for all of its answer, in milliseconds; nothing where it does not say. Throws `invalid_value`. */
export function readTimeoutMs({ [HEADER]: asked }: IncomingHeaders): number | undefined {
  if (asked === undefined) return undefined;
  if (typeof asked === 'string' && MILLISECONDS.test(asked)) return Number(asked);
  throw gatewayError('invalid_value', {
    message: `The header ${HEADER} must be a whole number of milliseconds, at least 1.`,
    details: { param: HEADER },
  });
}

/** Timeouts of which none outlasts the caller's patience; it never gains any time. */
export function shorten(timeouts: Timeouts, atMostMs: number | undefined): Timeouts {
  return atMostMs === undefined || timeouts.totalMs <= atMostMs ? timeouts : { ...timeouts, totalMs: atMostMs };
}

/** The plan within the time that the caller gives it. */
export function shortenPlan(plan: Plan, headers: IncomingHeaders): Plan {
  const atMostMs = readTimeoutMs(headers);
  if (atMostMs === undefined) return plan;
  const candidates = plan.candidates.map((each) => ({ ...each, timeouts: shorten(each.timeouts, atMostMs) }));
  return { ...plan, candidates };
}
