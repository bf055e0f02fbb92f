import type { Clock } from '@sluice/contract';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Callers } from '../http/callers.js';
import { noteRefusal } from '../http/run-route.js';

const TOLD_EVERY_MS = 1_000;

/** Counts connections that could not be taken, and tells of them once a second at most. */
function createAcceptErrors(
  { log, counter }: Pick<ProcessTelemetry, 'log' | 'counter'>,
  clock: Pick<Clock, 'monotonic'>,
): (cause: unknown) => void {
  let count = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  counter('sluice_accept_errors_total', 'Connections that could not be taken.', () => count);
  return (cause) => {
    count += 1;
    const nowMs = clock.monotonic();
    if (nowMs - toldMs < TOLD_EVERY_MS) return;
    toldMs = nowMs;
    log.error('connection not taken', { err: cause });
  };
}

/** What a socket tells of those who did not come to be callers. */
export interface SocketNotes {
  /** Takes note of a connection that could not be taken; of many in one second, once. */
  onAcceptError(cause: unknown): void;
  /** Leaves a line in the log for a request that was refused by its head, with this bare status. */
  onRefused(status: number): void;
}

export function createSocketNotes(callers: Callers, telemetry: ProcessTelemetry, clock: Clock): SocketNotes {
  return {
    onAcceptError: createAcceptErrors(telemetry, clock),
    onRefused: (status) => noteRefusal(status, callers.strange(), { telemetry, clock }),
  };
}
