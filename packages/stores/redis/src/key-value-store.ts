import KeyvRedis from '@keyv/redis';
import { RESP_TYPES } from '@redis/client';
import type { KeyValueStore } from '@sluice/contract';
import type { RedisClient, RedisLink } from './link.js';
import { ROOM } from './lua/room.js';
import { createScript, evaluate } from './run-script.js';

/** Nothing where there is no room: it is then as if it had been forgotten. */
const SET = createScript(`${ROOM}
if has_room(#ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1
`);
/** Bytes are bytes on the wire too. */
const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer } as const;

/**
 * Entries in Redis, through keyv's adapter. Rejects at once while the server is out of reach, and for an entry that the
 * server does not take, and with the signal's reason where that is aborted. A server that is nearly full keeps none.
 */
export function createRedisKeyValueStore(link: RedisLink, namespace: string): KeyValueStore {
  const adapterOf = once((client: RedisClient) => createAdapter(client, namespace));
  const run = <T>(signal: AbortSignal, use: (adapter: Adapter, client: RedisClient) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return link.run((client) => use(adapterOf(client), client), 'usual');
  };
  return {
    get: async (key, signal) => run(signal, (adapter) => adapter.get<Uint8Array>(key)),
    set: async (key, { value, ttlMs }, signal) =>
      run(signal, async (adapter, client) => {
        const place = adapter.createKeyPrefix(key, namespace);
        // The server takes a lifetime of 0 for an error.
        if (ttlMs > 0) await evaluate(client, SET, { rest: ['1', place, asBuffer(value), String(Math.ceil(ttlMs))] });
        else await adapter.delete(key);
      }),
    delete: async (key, signal) => void (await run(signal, (adapter) => adapter.delete(key))),
  };
}

interface Adapter {
  get<T>(key: string): Promise<T | undefined>;
  /** The name of a key in the server. */
  createKeyPrefix(key: string, namespace: string): string;
  delete(key: string): Promise<boolean>;
}

function createAdapter(client: RedisClient, namespace: string): Adapter {
  const typed = client.withTypeMapping(AS_BYTES);
  const adapter = new KeyvRedis(typed as never, { namespace, throwOnErrors: true });
  // It tells of every failure twice; the one that rejects is heard.
  adapter.on('error', () => undefined);
  return adapter;
}

function asBuffer(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function once<A, R>(make: (argument: A) => R): (argument: A) => R {
  let made: { readonly value: R } | undefined;
  return (argument) => (made ??= { value: make(argument) }).value;
}
