import type { Clock, KeyValueStore } from '@sluice/contract';
import { createKeyv } from 'keyv';
import { BoundedMap } from './bounded-map.js';

export interface MemoryKeyValueStoreOptions {
  readonly clock: Clock;
  /** Of keys, values and the map's own share. The least recently used entries make room. */
  readonly maxBytes: number;
}

/** What keyv hands to a map: its own envelope around the value. */
interface Envelope {
  readonly value: { readonly value: Uint8Array };
}

/**
 * Entries in the memory of this process, over keyv. Values are kept as they are, not copied: a caller that writes to
 * one after `set` or `get` changes what is stored. Rejects only with the reason of an aborted signal.
 */
export function createMemoryKeyValueStore({ clock, maxBytes }: MemoryKeyValueStoreOptions): KeyValueStore {
  // keyv ends lifetimes on the wall clock; the map ends them on monotonic time too, so that a wall clock that steps
  // back lengthens none. One that steps forward can cut a life short, which costs a miss.
  const map = new BoundedMap<Envelope>({ clock, maxBytes, sizeOf: (envelope) => envelope.value.value.byteLength });
  const keyv = createKeyv(map);

  return {
    async get(key, signal) {
      signal.throwIfAborted();
      return keyv.get<Uint8Array>(key);
    },
    async set(key, { value, ttlMs }, signal) {
      signal.throwIfAborted();
      // keyv takes a lifetime of 0 for an endless one.
      if (ttlMs > 0) await keyv.set(key, value, ttlMs);
      else await keyv.delete(key);
    },
    async delete(key, signal) {
      signal.throwIfAborted();
      await keyv.delete(key);
    },
  };
}
