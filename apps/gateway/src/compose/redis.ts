import { randomUUID } from 'node:crypto';
import type { KeyValueStore } from '@sluice/contract';
import { openRedisStore } from '@sluice/store-redis';
import type { CountKeeper, RedisStore } from '@sluice/store-redis';
import type { SqliteCounterStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry, ReadFigures } from '@sluice/telemetry';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisAddress, redisUrlOf } from '../config/redis-url.js';
import type { Environment } from '../config/environment.js';
import { systemClock } from '../system-clock.js';
import type { Vault } from './vault.js';

/** What the gateways of several machines share while they run. */
export interface SharedStore extends Pick<RedisStore, 'counters' | 'claims' | 'notices' | 'close'> {
  /** For people: host and port, no more. */
  readonly address: string;
  /** A miss, at no cost, while the server is out of reach. */
  readonly cache: KeyValueStore;
  /** Rejects, in words for people, where the server is not there in time. */
  reached(withinMs: number): Promise<void>;
}

type SharedTelemetry = Pick<ProcessTelemetry, 'counter' | 'gauge'> & {
  readonly log: Pick<ProcessTelemetry['log'], 'warn'>;
};

export interface SharedStoreParts {
  readonly env: Environment;
  readonly telemetry: SharedTelemetry;
  readonly vault: Pick<Vault, 'learn'>;
  /** This machine's own, where money is kept for the time when the server has forgotten it. */
  readonly counters: SqliteCounterStore;
  /** Of the moment. */
  readonly timeoutMs: () => number;
}

/** The server that `REDIS_URL` names; nothing where it names none. */
export function openSharedStore(parts: SharedStoreParts): SharedStore | undefined {
  const url = redisUrlOf(parts.env);
  if (url === undefined) return undefined;
  const { telemetry, vault, timeoutMs } = parts;
  const { password } = new URL(url);
  if (password !== '') vault.learn(decodeURIComponent(password));
  let lastError: unknown;
  const store = openRedisStore({
    ...{ url, timeoutMs, clock: systemClock, random: () => Math.random(), newId: () => randomUUID() },
    keeper: toKeeper(parts),
    onError(cause) {
      const isFirst = lastError === undefined;
      lastError = cause;
      const warn = (): void => telemetry.log.warn('redis is out of reach', { err: cause });
      if (!isFirst || store.counters.isUp) warn();
      // Whoever starts it may wait for the server, and tell in his own words that it is not there.
      else systemClock.after(START_MS, () => store.counters.isUp || warn());
    },
    onSideLost: (connection, err) => telemetry.log.warn('redis connection lost', { connection, err }),
  });
  showRedis(telemetry, store);
  showSides(telemetry, store.sides);
  const address = redisAddress(url);
  return {
    address,
    counters: store.counters,
    claims: store.claims,
    notices: store.notices,
    cache: missWhileAway(store),
    reached: reaching(store, { address, why: () => reasonOf(lastError) }),
    close: () => store.close(),
  };
}

/** Money outlives a server that has lost it: it stands in the database of each machine too. */
function toKeeper({ counters, telemetry }: SharedStoreParts): CountKeeper {
  return {
    recall: () => counters.recall('spend'),
    keep(kept) {
      try {
        counters.keep(kept);
      } catch (cause) {
        telemetry.log.warn('counts of budgets are not kept', { err: cause });
      }
    },
  };
}

function missWhileAway(store: RedisStore): KeyValueStore {
  return {
    get: async (key, signal) => (store.areEntriesUp ? store.entries.get(key, signal) : undefined),
    set: async (key, entry, signal) => (store.areEntriesUp ? store.entries.set(key, entry, signal) : undefined),
    delete: async (key, signal) => (store.areEntriesUp ? store.entries.delete(key, signal) : undefined),
  };
}

const LOOK_EVERY_MS = 10;
const START_MS = 2_000;
const REFUSED_MS = 300;

function reaching(
  store: RedisStore,
  { address, why }: { readonly address: string; readonly why: () => string },
): SharedStore['reached'] {
  return async (withinMs) => {
    const beganMs = systemClock.monotonic();
    while (!store.isWhole) {
      // One that says no will not say yes in a moment.
      const isRefused = why() !== '' && systemClock.monotonic() >= beganMs + REFUSED_MS;
      if (isRefused || systemClock.monotonic() >= beganMs + withinMs) {
        throw new Error(`Redis at ${address} (REDIS_URL) cannot be reached${why()}.`);
      }
      await sleep(LOOK_EVERY_MS);
    }
  };
}

/** The server's words for a wrong password and the like have no secret in them; those of a socket are its code. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return `: ${'code' in cause ? String(cause.code) : cause.message}`;
}

function showRedis({ gauge, counter }: Pick<ProcessTelemetry, 'counter' | 'gauge'>, store: RedisStore): void {
  const { counters } = store;
  gauge('sluice_redis_up', 'Whether Redis is asked: 1, or 0 while it is out of reach.', () => (counters.isUp ? 1 : 0));
  gauge('sluice_redis_gateways', 'Gateways that share Redis, as far as is known.', () => counters.sharers);
  gauge(
    'sluice_redis_unsent',
    'What Redis has still to hear of: reservations made without it, and ends.',
    () => counters.unsent,
  );
  counter('sluice_redis_timeouts_total', 'Commands that Redis did not answer in time.', () => store.figures.timeouts);
  counter('sluice_redis_failures_total', 'Commands that failed otherwise.', () => store.figures.failures);
  counter('sluice_redis_losses_total', 'Times that Redis was lost.', () => store.figures.losses);
  counter(
    'sluice_redis_rebuilds_total',
    'Times that Redis had forgotten its counts, and was told again.',
    () => counters.rebuilds,
  );
}

/** Other connections to the same server, which may be lost while it is there. */
function showSides({ gauge, counter }: Pick<ProcessTelemetry, 'counter' | 'gauge'>, sides: RedisStore['sides']): void {
  const figures = (read: (side: RedisStore['sides']['claims']) => number): ReturnType<ReadFigures> =>
    Object.entries(sides).map(([connection, side]) => [{ connection }, read(side)]);
  gauge('sluice_redis_connection_up', 'Whether a connection besides the first is used: 1, or 0 while it is lost.', () =>
    figures(({ isUp }) => (isUp ? 1 : 0)),
  );
  counter('sluice_redis_connection_losses_total', 'Times that a connection besides the first was lost.', () =>
    figures(({ figures: { losses } }) => losses),
  );
}
