import type { Clock } from '@sluice/contract';
import type { ProcessTelemetry } from '@sluice/telemetry';

const TOLD_EVERY_MS = 1_000;

/** Counts connections that could not be taken, and tells of them once a second at most. */
export function createAcceptErrors(
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
