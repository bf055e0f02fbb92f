import { afterAll, beforeAll, describe } from 'vitest';
import { redisMissing, startRedis } from './redis-server.js';
import type { RedisServer } from './redis-server.js';

/** The tests of `body` with a Redis server of their own; skipped, with the reason in the title, where there can be none. */
export function describeWithRedis(title: string, body: (redis: { readonly server: RedisServer }) => void): void {
  const missing = redisMissing();
  describe.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, () => {
    let started: RedisServer | undefined;
    beforeAll(async () => {
      started = await startRedis();
    });
    afterAll(() => started?.stop());
    body({
      get server() {
        if (!started) throw new Error('The server is there once the tests begin.');
        return started;
      },
    });
  });
}
