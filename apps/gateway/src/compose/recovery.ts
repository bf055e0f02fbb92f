import type { Cancel } from '@sluice/contract';
import { keepRecovering } from '@sluice/ledger';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { systemClock } from '../system-clock.js';

/** Settles what processes left open that were killed, now and while this one runs, and tells of it. */
export function recoverRows({ ledger }: SqliteStore, { log, counter }: ProcessTelemetry): Cancel {
  let total = 0;
  counter('sluice_interrupted_requests_total', 'Requests of processes that were killed, settled here.', () => total);
  return keepRecovering({
    repository: ledger,
    clock: systemClock,
    onRecovered(count) {
      total += count;
      log.warn('requests of a process that was killed are settled', { count });
    },
    onError: (cause) => log.error('ledger recovery failed', { err: cause }),
  });
}
