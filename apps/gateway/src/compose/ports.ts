import type { KeyAuthenticator } from '@sluice/auth';
import { createBackoff, createCircuits } from '@sluice/breaker';
import { createResponseCache } from '@sluice/cache';
import type { Circuits, CircuitState, ResponseCache } from '@sluice/contract';
import { TargetStatsTable, createAttemptMemory } from '@sluice/core';
import type { AttemptMemory, Ports } from '@sluice/core';
import { createLedger, priceUse } from '@sluice/ledger';
import { createLimiter } from '@sluice/limits';
import { createMemoryCounterStore, createMemoryKeyValueStore } from '@sluice/store-memory';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { PooledTransport } from '@sluice/transport';
import type { Config } from '../config/schema.js';
import type { Lifecycle } from '../lifecycle.js';
import { systemClock } from '../system-clock.js';

const CACHE_BYTES = 268_435_456;

export interface PortParts {
  readonly config: Config;
  readonly telemetry: ProcessTelemetry;
  readonly store: SqliteStore;
  readonly transport: PooledTransport;
  readonly authenticator: KeyAuthenticator;
  readonly lifecycle: Lifecycle;
}

/** The stages of the pipeline, each from its own package. */
export function composePorts({ config, telemetry, store, transport, authenticator, lifecycle }: PortParts): Ports {
  const onInternalError = (cause: unknown): void => telemetry.log.error('internal error', { err: cause });
  return {
    clock: systemClock,
    random: () => Math.random(),
    authenticator,
    limiter: createLimiter({ store: createMemoryCounterStore({ clock: systemClock }), onError: onInternalError }),
    circuits: observedCircuits(config, telemetry),
    backoff: createBackoff(),
    attempts: observedMemory(telemetry),
    stats: new TargetStatsTable(),
    transport,
    ledger: createLedger({
      repository: store.ledger,
      clock: systemClock,
      onError: (error) => telemetry.log.error('ledger write failed', { errorCode: error.code, err: error.cause }),
    }),
    telemetry,
    priceUse,
    ...(config.cache.enabled ? { cache: memoryCache(config, onInternalError) } : {}),
    isRefusing: () => lifecycle.isRefusing(),
    onInternalError,
  };
}

function memoryCache(config: Config, onError: (cause: unknown) => void): ResponseCache {
  return createResponseCache({
    store: createMemoryKeyValueStore({ clock: systemClock, maxBytes: CACHE_BYTES }),
    ttlMs: config.cache.ttl,
    clock: systemClock,
    onError,
  });
}

function observedMemory(telemetry: ProcessTelemetry): AttemptMemory {
  const memory = createAttemptMemory(systemClock);
  const { rests, budget } = memory;
  telemetry.gauge(
    'sluice_rest_seconds',
    'How long a target, or a key of a provider by its number, is left alone yet.',
    () => rests.list().map(([name, leftMs]) => [{ name }, leftMs / 1_000] as const),
  );
  telemetry.gauge('sluice_retries_refused', 'Further tries that the retry budget did not allow.', () => budget.refused);
  return memory;
}

const STATE_VALUES: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

function observedCircuits(config: Config, telemetry: ProcessTelemetry): Circuits {
  const states = new Map<string, CircuitState>();
  telemetry.gauge('sluice_breaker_state', 'Circuit of a target: 0 closed, 1 half-open, 2 open.', () =>
    [...states].map(([target, state]) => [{ target }, STATE_VALUES[state]] as const),
  );
  return createCircuits(config.breaker, {
    clock: systemClock,
    onChange: (target, state) => {
      // Targets that never failed are not listed: callers can name as many as they like.
      if (state === 'closed') states.delete(target);
      else states.set(target, state);
      telemetry.log.warn('circuit changed', { target, state });
    },
  });
}
