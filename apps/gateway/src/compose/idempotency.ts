import { randomUUID } from 'node:crypto';
import type { AtomicKeyValueStore } from '@sluice/contract';
import { IdempotentRequests, sharedOrOwn } from '@sluice/idempotency';
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
  /** What all machines share, where there is something. */
  readonly shared: { readonly claims: AtomicKeyValueStore } | undefined;
  readonly telemetry: Pick<ProcessTelemetry, 'counter'> & { readonly log: Pick<ProcessTelemetry['log'], 'error'> };
}

/** First answers are kept where all machines find them, or in the database: whoever asks again after a restart gets them still. */
export function createIdempotencyControl(started: Config, parts: IdempotencyParts): IdempotencyControl {
  const { store, shared, telemetry } = parts;
  const own = store.entries({ clock: systemClock, maxBytes: started.idempotency.maxBytes });
  const policy = (): Config['idempotency']['onStoreFailure'] => control.config().idempotency.onStoreFailure;
  const onError = (cause: unknown): void => telemetry.log.error('idempotency store failed', { err: cause });
  const control: IdempotencyControl = {
    config: () => started,
    requests: new IdempotentRequests({
      store: shared ? sharedOrOwn({ shared: shared.claims, own, policy, onError }) : own,
      clock: systemClock,
      newToken: randomUUID,
      rules() {
        const { ttl, maxAnswerBytes } = control.config().idempotency;
        return { ttlMs: ttl, maxAnswerBytes };
      },
      onError,
    }),
  };
  telemetry.counter(
    'sluice_idempotent_replays_total',
    'Answers that were given again to a request with the same Idempotency-Key.',
    () => control.requests.replayed,
  );
  return control;
}
