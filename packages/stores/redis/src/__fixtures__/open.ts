import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@sluice/contract';
import { openRedisStore } from '../index.js';
import type { RedisStore, RedisStoreOptions } from '../index.js';

/** Of the process; only its wall clock may be wrong. */
export function realClock(wrongByMs = 0): Clock {
  return {
    now: () => Date.now() + wrongByMs,
    monotonic: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms).unref();
      return () => clearTimeout(timer);
    },
  };
}

export interface OpenedStore extends RedisStore {
  readonly errors: unknown[];
}

export interface OpenOptions extends Partial<RedisStoreOptions> {
  /** How far the wall clock of this process is off. */
  readonly wrongByMs?: number;
}

/** A store of a server, at once or when it is there. */
export function openStore(url: string, { wrongByMs = 0, ...options }: OpenOptions = {}): OpenedStore {
  const errors: unknown[] = [];
  const store = openRedisStore({
    url,
    clock: realClock(wrongByMs),
    random: Math.random,
    newId: randomUUID,
    timeoutMs: () => 50,
    onError: (cause) => errors.push(cause),
    ...options,
  });
  return Object.assign(store, { errors });
}

export async function untilUp(store: RedisStore): Promise<void> {
  await until(() => store.isWhole);
}

export async function until(isSo: () => boolean, withinMs = 20_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('It did not come to that in time.');
    await sleep(2);
  }
}
