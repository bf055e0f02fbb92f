import type { CachedAnswer, Clock, KeyValueStore, ResponseCache } from '@sluice/contract';
import { withDeadline } from '@sluice/toolkit';
import { cacheKey } from './cache-key.js';
import { readEntry, writeEntry } from './entry.js';

export interface ResponseCacheDeps {
  readonly store: KeyValueStore;
  /** How long an answer may be given again. */
  readonly ttlMs: number;
  readonly clock: Clock;
  /** Hears of every failure of the store, and of entries that cannot be read. Must not throw. */
  readonly onError?: (cause: unknown) => void;
}

/** A store that is slower than this is slower than some providers, and hangs more often than it helps. */
const STORE_TIMEOUT_MS = 50;
const LARGEST_BODY_BYTES = 1_048_576;

const never = new AbortController().signal;

/**
 * Answers to questions that were asked before, word for word, by the same tenant. A store that fails, hangs or holds
 * garbage is a miss; nothing here rejects or throws. Answers over 1 MB are not kept.
 */
export function createResponseCache({ store, ttlMs, clock, onError }: ResponseCacheDeps): ResponseCache {
  const deadline = { ms: STORE_TIMEOUT_MS, clock };
  const report = (cause: unknown): void => onError?.(cause);

  return {
    key: cacheKey,

    async lookup(key: string, signal: AbortSignal): Promise<CachedAnswer | undefined> {
      if (signal.aborted) return undefined;
      try {
        const entry = await withDeadline((inner) => store.get(key, inner), deadline, signal);
        return entry && readEntry(entry);
      } catch (cause) {
        // A caller that left is no failure of the store.
        if (!signal.aborted) report(cause);
        return undefined;
      }
    },

    store(key: string, answer: CachedAnswer): void {
      if (answer.body.byteLength > LARGEST_BODY_BYTES) return;
      const entry = { value: writeEntry(answer), ttlMs };
      // Not bound to the request: it has its answer already, and may be gone.
      withDeadline((inner) => store.set(key, entry, inner), deadline, never).catch(report);
    },
  };
}
