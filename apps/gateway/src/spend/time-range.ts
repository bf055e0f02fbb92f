import type { SpendRange } from '@sluice/contract';
import { firstIdAt } from '../http/request-ids.js';

/** A request has its id this much earlier than its row says it began, at most. */
const SLACK_MS = 60_000;

/** The requests that began in a time, with the ids between which their rows are. */
export function timeRange(sinceMs: number | undefined, untilMs: number | undefined): SpendRange {
  return {
    ...(sinceMs !== undefined && { sinceMs, fromId: firstIdAt(Math.max(0, sinceMs - SLACK_MS)) }),
    ...(untilMs !== undefined && { untilMs, beforeId: firstIdAt(untilMs + SLACK_MS) }),
  };
}
