import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { FROZEN, KILLED, availability, serveThrough } from './__fixtures__/shared-ledger.js';

describeWithPostgres('the ledger of a machine with DATABASE_URL', (postgres) => {
  it.each([
    ['killed', KILLED],
    ['frozen', FROZEN],
  ])(
    'loses nothing and keeps nobody waiting while PostgreSQL is %s for 10 s at 200 calls a second',
    async (_name, fault) => {
      const { calls, waiting, local, remote } = await serveThrough(postgres.server, {
        ...fault,
        rate: 200,
        forMs: 10_000,
        aroundMs: 5_000,
      });
      expect(availability(calls)).toBeGreaterThanOrEqual(0.999);
      expect(waiting).toBeGreaterThan(1_000);
      expect(local.rows).toBe(calls.length);
      expect(remote).toEqual(local);
    },
  );
});
