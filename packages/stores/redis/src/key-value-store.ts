import KeyvRedis from '@keyv/redis';
import { RESP_TYPES } from '@redis/client';
import type { KeyValueStore } from '@sluice/contract';
import type { RedisClient, RedisLink } from './link.js';

/** Bytes are bytes on the wire too. */
const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer } as const;

/**
 * Entries in Redis, through keyv's adapter. Rejects at once while the server is out of reach, and for an entry that the
 * server does not take; with the signal's reason where that is aborted.
 */
export function createRedisKeyValueStore(link: RedisLink, namespace: string): KeyValueStore {
  const adapterOf = once((client: RedisClient) => createAdapter(client, namespace));
  const run = <T>(signal: AbortSignal, use: (adapter: Adapter) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return link.run((client) => use(adapterOf(client)), 'usual');
  };
  return {
    get: async (key, signal) => run(signal, (adapter) => adapter.get<Uint8Array>(key)),
    set: async (key, { value, ttlMs }, signal) =>
      run(signal, async (adapter) => {
        // A lifetime of 0 is an endless one to the adapter.
        if (ttlMs > 0) await adapter.set(key, asBuffer(value), Math.ceil(ttlMs));
        else await adapter.delete(key);
      }),
    delete: async (key, signal) => void (await run(signal, (adapter) => adapter.delete(key))),
  };
}

interface Adapter {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: Buffer, ttlMs: number): Promise<void>;
  delete(key: string): Promise<boolean>;
}

function createAdapter(client: RedisClient, namespace: string): Adapter {
  const typed = client.withTypeMapping(AS_BYTES);
  const adapter = new KeyvRedis(typed as never, { namespace, throwOnErrors: true });
  // It tells of every failure twice; the one that rejects is heard.
  adapter.on('error', () => undefined);
  return adapter as unknown as Adapter;
}

function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function once<A, R>(make: (argument: A) => R): (argument: A) => R {
  let made: { readonly value: R } | undefined;
  return (argument) => (made ??= { value: make(argument) }).value;
}
