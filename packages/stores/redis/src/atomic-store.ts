import { RESP_TYPES } from '@redis/client';
import { gatewayError } from '@sluice/contract';
import type { AtomicKeyValueStore } from '@sluice/contract';
import type { RedisLink } from './link.js';
import { ROOM } from './lua/room.js';
import { createScript, evaluate } from './run-script.js';
import type { Script } from './run-script.js';

/** A value that is larger goes over a connection on which nobody with a small one waits. */
const LARGE_BYTES = 65_536;
/** Bytes are bytes on the wire too. */
const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const;

/** Of a large value that is there it tells the length. */
const PUT = createScript(`
local length = redis.call('STRLEN', KEYS[1])
if length > ${LARGE_BYTES} then return length end
local found = redis.call('GET', KEYS[1])
if found then return found end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
`);
/** The server has answered, as it should: it is not a failed command, of which some in a row would end the connection. */
const NO_ROOM = 2;
/** What is only to live on needs no memory: a server that has none left does that too. */
const REPLACE = createScript(`${ROOM}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
if not has_room(#ARGV[2]) then return ${NO_ROOM} end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);
const DELETE = createScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** The connections of a store, by what goes over them. */
export interface AtomicLinks {
  readonly small: RedisLink;
  readonly large: RedisLink;
}

/**
 * Entries that several gateways compete for: every step is one script, and so one step for all of them. Rejects at once while
 * the server is out of reach, and with `isFull` for an answer for which it has no room. A call that was given up may still be carried out by a server that wakes.
 */
export function createRedisAtomicStore({ small, large }: AtomicLinks, namespace: string): AtomicKeyValueStore {
  const nameOf = (key: string): string => `${namespace}::${key}`;
  const run = <T>(script: Script, key: string, args: readonly (string | Uint8Array)[]): Promise<T> => {
    const rest = ['1', nameOf(key), ...args.map(toArg)];
    const link = args.some(isLarge) ? large : small;
    return link.run((client) => evaluate<T>(client, script, { rest, options: AS_BYTES }), 'usual');
  };
  const read = (key: string): Promise<Buffer | null> =>
    large.run((client) => client.sendCommand<Buffer | null>(['GET', nameOf(key)], AS_BYTES), 'usual');
  return {
    async putIfAbsent(key, { value, ttlMs }, signal) {
      for (;;) {
        signal.throwIfAborted();
        const found = await run<Buffer | number | null>(PUT, key, [value, wholeMs(ttlMs)]);
        if (typeof found !== 'number') return found ?? undefined;
        signal.throwIfAborted();
        const whole = await read(key);
        // Its time was over between the two: there is room now.
        if (whole) return whole;
      }
    },
    async replace(key, { expected, value, ttlMs }, signal) {
      signal.throwIfAborted();
      const done = await run<number>(REPLACE, key, [expected, value, wholeMs(ttlMs)]);
      if (done === NO_ROOM) throw noRoom();
      return done === 1;
    },
    async deleteIf(key, expected, signal) {
      signal.throwIfAborted();
      return (await run<number>(DELETE, key, [expected])) === 1;
    },
  };
}

function noRoom(): Error {
  const message = 'Redis has no room for answers: nine tenths of maxmemory are used.';
  return gatewayError('storage_unavailable', { message, details: { isFull: true } });
}

function isLarge(value: string | Uint8Array): boolean {
  return value.length > LARGE_BYTES;
}

function toArg(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** The server takes whole milliseconds, and none of them for an error. */
function wholeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)));
}
