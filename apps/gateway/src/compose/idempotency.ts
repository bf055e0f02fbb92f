import { randomUUID } from 'node:crypto';
import { IdempotentRequests } from '@sluice/idempotency';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Config } from '../config/schema.js';
import { systemClock } from '../system-clock.js';

/** What outlives every configuration, and reads the one that serves. */
export interface IdempotencyControl {
  readonly requests: IdempotentRequests;
  config: () => Config;
}

export interface IdempotencyParts {
  readonly store: Pick<SqliteStore, 'entries'>;
  readonly telemetry: Pick<ProcessTelemetry, 'counter'> & { readonly log: Pick<ProcessTelemetry['log'], 'error'> };
}

/** First answers are kept in the database: whoever asks again after a restart gets them still. */
export function createIdempotencyControl(started: Config, { store, telemetry }: IdempotencyParts): IdempotencyControl {
  const control: IdempotencyControl = {
    config: () => started,
    requests: new IdempotentRequests({
      store: store.entries({ clock: systemClock, maxBytes: started.idempotency.maxBytes }),
      clock: systemClock,
      newToken: randomUUID,
      rules() {
        const { ttl, maxAnswerBytes } = control.config().idempotency;
        return { ttlMs: ttl, maxAnswerBytes };
      },
      onError: (cause) => telemetry.log.error('idempotency store failed', { err: cause }),
    }),
  };
  telemetry.counter(
    'sluice_idempotent_replays_total',
    'Answers that were given again to a request with the same Idempotency-Key.',
    () => control.requests.replayed,
  );
  return control;
}
