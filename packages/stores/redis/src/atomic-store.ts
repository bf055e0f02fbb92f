import { RESP_TYPES } from '@redis/client';
import type { AtomicKeyValueStore } from '@sluice/contract';
import type { RedisLink } from './link.js';
import { createScript, evaluate } from './run-script.js';
import type { Script } from './run-script.js';

/** Bytes are bytes on the wire too. */
const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const;

const PUT = createScript(`
local found = redis.call('GET', KEYS[1])
if found then return found end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
`);
const REPLACE = createScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);
const DELETE = createScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/**
 * Entries that several gateways compete for: every step is one script, and so one step for all of them. Rejects at once while
 * the server is out of reach. A call that was given up may still be carried out by a server that wakes.
 */
export function createRedisAtomicStore(link: RedisLink, namespace: string): AtomicKeyValueStore {
  const run = <T>(script: Script, key: string, args: readonly (string | Uint8Array)[]): Promise<T> => {
    const rest = ['1', `${namespace}::${key}`, ...args.map(toArg)];
    return link.run((client) => evaluate<T>(client, script, { rest, options: AS_BYTES }), 'usual');
  };
  return {
    async putIfAbsent(key, { value, ttlMs }, signal) {
      signal.throwIfAborted();
      const found = await run<Buffer | null>(PUT, key, [value, wholeMs(ttlMs)]);
      return found ?? undefined;
    },
    async replace(key, { expected, value, ttlMs }, signal) {
      signal.throwIfAborted();
      return (await run<number>(REPLACE, key, [expected, value, wholeMs(ttlMs)])) === 1;
    },
    async deleteIf(key, expected, signal) {
      signal.throwIfAborted();
      return (await run<number>(DELETE, key, [expected])) === 1;
    },
  };
}

function toArg(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The server takes whole milliseconds, and none of them for an error. */
function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)));
}
