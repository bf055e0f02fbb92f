import { describeWithServer } from './describe-with-server.js';
import { redisMissing, startRedis } from './redis-server.js';
import type { RedisServer } from './redis-server.js';

/** The tests of `body` with a Redis server of their own; skipped, with the reason in the title, where there can be none. */
export function describeWithRedis(title: string, body: (redis: { readonly server: RedisServer }) => void): void {
  describeWithServer(title, { missing: redisMissing, start: () => startRedis() }, body);
}
