import type { KeyAuthenticator } from '@sluice/auth';
import { createBackoff } from '@sluice/breaker';
import { createResponseCache } from '@sluice/cache';
import type { Circuits, Guards, History, Idempotency, KeyValueStore, ResponseCache, Slots } from '@sluice/contract';
import { LeftBehind, TargetStatsTable, createAttemptMemory } from '@sluice/core';
import type { AttemptMemory, Ports } from '@sluice/core';
import { createLedger, priceUse } from '@sluice/ledger';
import type { Report } from '@sluice/guards';
import type { ObservedLedger } from '@sluice/ledger';
import type { QueueingLimiter } from '@sluice/limits';
import { createMemoryKeyValueStore } from '@sluice/store-memory';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { given } from '@sluice/toolkit';
import { createTokenCounter } from '@sluice/tokens';
import type { PooledTransport } from '@sluice/transport';
import type { Config } from '../config/schema.js';
import type { Lifecycle } from '../lifecycle.js';
import { systemClock } from '../system-clock.js';
import { createGuardReport } from './guards.js';
import type { Holding } from './holding.js';
import { composeLimiter } from './limits.js';
import type { LimitsControl } from './limits.js';

const CACHE_BYTES = 268_435_456;

/** The stages that no configuration changes: counters, the ledger and the sockets go on through every reload. */
export type LastingPorts = Omit<
  Ports,
  'authenticator' | 'circuits' | 'slots' | 'cache' | 'idempotency' | 'guards' | 'history' | 'assumedOutputTokens'
> & {
  readonly limiter: QueueingLimiter;
  readonly leftBehind: LeftBehind;
  readonly ledger: ObservedLedger;
  readonly guardReport: Report;
};

export interface LastingParts {
  readonly telemetry: ProcessTelemetry;
  readonly store: SqliteStore;
  readonly transport: PooledTransport;
  readonly lifecycle: Lifecycle;
  readonly limits: LimitsControl;
}

export function composeLastingPorts({ telemetry, store, transport, lifecycle, limits }: LastingParts): LastingPorts {
  const onInternalError = (cause: unknown): void => telemetry.log.error('internal error', { err: cause });
  return {
    clock: systemClock,
    random: () => Math.random(),
    limiter: composeLimiter({ limits, telemetry, transport, onError: onInternalError }),
    backoff: createBackoff(),
    attempts: observedMemory(telemetry),
    stats: new TargetStatsTable(),
    transport,
    ledger: createLedger({
      repository: store.ledger,
      clock: systemClock,
      onError: (error) => telemetry.log.error('ledger write failed', { errorCode: error.code, err: error.cause }),
      wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    }),
    telemetry,
    guardReport: createGuardReport(telemetry),
    priceUse,
    leftBehind: new LeftBehind(),
    tokens: createTokenCounter({ onError: onInternalError }),
    isRefusing: () => lifecycle.isRefusing(),
    onInternalError,
  };
}

export interface ConfiguredStages {
  readonly assumedOutputTokens: number;
  readonly authenticator: KeyAuthenticator;
  readonly circuits: Circuits;
  readonly slots: Slots | undefined;
  readonly cache: ResponseCache | undefined;
  readonly idempotency: Idempotency | undefined;
  readonly guards: Guards | undefined;
  readonly history: History | undefined;
}

function observedMemory(telemetry: ProcessTelemetry): AttemptMemory {
  const memory = createAttemptMemory(systemClock);
  const { rests, budget } = memory;
  telemetry.gauge(
    'sluice_rest_seconds',
    'How long a target, or a key of it by its number, is left alone yet as it asked.',
    () => rests.list().map(([name, leftMs]) => [{ name }, leftMs / 1_000] as const),
  );
  telemetry.counter(
    'sluice_retries_refused_total',
    'Further tries that the retry budget did not allow.',
    () => budget.refused,
  );
  return memory;
}

/** The stages of the pipeline, each from its own package, as one configuration has them. */
export function composePorts(
  lasting: LastingPorts,
  { slots, cache, idempotency, guards, history, ...stages }: ConfiguredStages,
): Ports {
  return {
    ...lasting,
    ...stages,
    ...given('slots', slots),
    ...given('cache', cache),
    ...given('idempotency', idempotency),
    ...given('guards', guards),
    ...given('history', history),
  };
}

export interface CacheParts {
  /** What all machines share. */
  readonly shared: KeyValueStore | undefined;
  readonly onError: (cause: unknown) => void;
}

/** What is kept stays, however often the rules for keeping change. */
export function takeCache(
  { cache: { enabled, ttl, store: where } }: Pick<Config, 'cache'>,
  holding: Holding,
  { shared, onError }: CacheParts,
): ResponseCache | undefined {
  if (!enabled) return undefined;
  const inMemory = (): KeyValueStore =>
    holding.take('cache store', () => ({
      value: createMemoryKeyValueStore({ clock: systemClock, maxBytes: CACHE_BYTES }),
    }));
  const store = where !== 'memory' && shared ? shared : inMemory();
  return createResponseCache({ store, ttlMs: ttl, clock: systemClock, onError });
}
