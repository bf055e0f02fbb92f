import { afterAll, beforeAll, describe } from 'vitest';
import { postgresMissing, startPostgres } from './postgres-server.js';
import type { PostgresServer } from './postgres-server.js';

/** The tests of `body` with a PostgreSQL server of their own; skipped, with the reason in the title, where there can be none. */
export function describeWithPostgres(
  title: string,
  body: (postgres: { readonly server: PostgresServer }) => void,
): void {
  const missing = postgresMissing();
  describe.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, () => {
    let started: PostgresServer | undefined;
    beforeAll(async () => {
      started = await startPostgres();
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
