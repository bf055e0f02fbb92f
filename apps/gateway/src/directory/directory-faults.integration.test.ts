import { join } from 'node:path';
import { isGatewayError } from '@sluice/contract';
import type { Directory } from '@sluice/contract';
import { createManualClock, describeWithPostgres } from '@sluice/testkit';
import { openPostgres } from '@sluice/store-postgres';
import type { Postgres } from '@sluice/store-postgres';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createAuditSeal } from '../audit/chain.js';
import { verifyAudit } from '../audit/verify.js';
import { systemClock } from '../system-clock.js';
import { openMachine } from './__fixtures__/machines.js';
import type { MachineOptions } from './__fixtures__/machines.js';

const SEAL = createAuditSeal('s'.repeat(43));

async function open(url: string, options: MachineOptions = {}): ReturnType<typeof openMachine> {
  const machine = await openMachine(url, options);
  onTestFinished(() => machine.close());
  return machine;
}

function put({ audit, settings }: Directory, name: string): Promise<void> {
  const entry = { actor: 'a', actorName: 'A', role: 'owner', tenant: 'default', action: 'setTest', object: name };
  return audit.record(() => {
    settings.put({ kind: 'test', name, value: {}, changedAtMs: 1 });
    return { result: undefined, entry: { ...entry, atMs: 1 } };
  }, SEAL);
}

/** A database whose transactions stop for `meanwhile` once they have seen how far the directory is. */
function stopping(database: Postgres, meanwhile: () => Promise<void>): Postgres {
  return {
    query: (...question) => database.query(...question),
    ready: () => database.ready(),
    close: () => database.close(),
    transaction: (work, ...limits) =>
      database.transaction(
        async (sql) => {
          const query: typeof sql.query = async (text, values) => {
            const rows = await sql.query<never>(text, values);
            if (text.includes('FROM sluice.directory ')) await meanwhile();
            return rows;
          };
          return work({ query });
        },
        ...limits,
      ),
  };
}

/** Keeps everybody from changing the directory until it is told to let go. */
async function hold(url: string): Promise<() => Promise<void>> {
  const database = openPostgres({ url, clock: systemClock });
  onTestFinished(() => database.close());
  const [isHeld, isOver] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = database.transaction(async (sql) => {
    await sql.query('SELECT FROM sluice.directory FOR UPDATE');
    isHeld.resolve();
    await isOver.promise;
  });
  await isHeld.promise;
  return () => {
    isOver.resolve();
    return holding;
  };
}

const names = ({ settings }: Directory): readonly string[] => settings.list('test').map(({ name }) => name);
const seen = (assert: () => void): Promise<void> => vi.waitFor(assert, { timeout: 20_000, interval: 20 });

describeWithPostgres('a directory in PostgreSQL', (postgres) => {
  it.each(['killed', 'frozen'] as const)(
    'is read on and not changed while the server is %s, then up to date',
    async (how) => {
      const url = await postgres.server.createDatabase();
      const [one, other] = [await open(url), await open(url)];
      await put(one, 'before');
      await seen(() => expect(names(other)).toEqual(['before']));
      if (how === 'killed') await postgres.server.kill();
      else postgres.server.freeze();
      try {
        const startedMs = performance.now();
        await expect(put(one, 'during')).rejects.toMatchObject({ code: 'storage_unavailable' });
        expect(performance.now() - startedMs).toBeLessThan(5_000);
        expect([names(one), names(other)]).toEqual([['before'], ['before']]);
        expect([one.keys.version(), other.keys.list()]).toEqual([expect.any(Number), []]);
      } finally {
        if (how === 'killed') await postgres.server.start();
        else postgres.server.thaw();
      }
      await vi.waitFor(() => put(one, 'after'), { timeout: 20_000, interval: 50 });
      await seen(() => expect(names(other)).toContain('after'));
      // A change that nobody was told of may have been made when the server went on.
      expect(names(one)).toEqual(names(other));
      expect(await verifyAudit(one.audit, SEAL)).toMatchObject({ ok: true });
    },
  );

  it('is followed where it was put back to an earlier state and changed from there', async () => {
    const url = await postgres.server.createDatabase();
    const [one, other] = [await open(url), await open(url)];
    for (const name of ['kept', 'lost 1', 'lost 2']) await put(one, name);
    await seen(() => expect(names(other)).toHaveLength(3));
    // As a standby that lacked the last two changes, and one of its own since.
    await postgres.server.sql(
      url,
      `BEGIN; DELETE FROM sluice.settings WHERE version > 1; DELETE FROM sluice.directory_versions WHERE version > 1;
       INSERT INTO sluice.directory_versions SELECT n, 'other ' || n FROM generate_series(2, 4) AS n;
       INSERT INTO sluice.settings VALUES ('test', 'another', '{}', 1, 2);
       UPDATE sluice.directory SET version = 4, token = 'other 4'; COMMIT`,
    );
    await seen(() =>
      expect([names(one), names(other)]).toEqual([
        ['another', 'kept'],
        ['another', 'kept'],
      ]),
    );
  });

  it('is not forgotten where the database is another one all at once', async () => {
    const url = await postgres.server.createDatabase();
    const one = await open(url);
    await put(one, 'kept');
    await postgres.server.sql(url, 'DROP SCHEMA sluice CASCADE');
    await expect(one.refresh()).rejects.toMatchObject({ code: 'storage_unavailable' });
    await open(url, { secretMark: 'another mark' });
    await expect(one.refresh()).rejects.toMatchObject({ message: expect.stringContaining('made with another secret') });
    expect(names(one)).toEqual(['kept']);
  });

  it('says who may call for 15 minutes after its copy was known to be the newest state, and no longer', async () => {
    const url = await postgres.server.createDatabase();
    const clock = createManualClock();
    const one = await open(url, { clock });
    await postgres.server.kill();
    try {
      clock.advance(15 * 60_000);
      expect([one.isServable(), one.keys.version()]).toEqual([true, expect.any(Number)]);
      clock.advance(1);
      expect(one.isServable()).toBe(false);
      expect(() => one.keys.version()).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
    } finally {
      await postgres.server.start();
    }
    await one.refresh();
    expect([one.ageMs(), one.keys.version()]).toEqual([0, expect.any(Number)]);
  });

  it('is not put back on its machine by who read it before another process changed it', async () => {
    const url = await postgres.server.createDatabase();
    const path = join(temporaryDir(), 'directory.db');
    // Nobody looks for changes but who is told to.
    const clock = createManualClock();
    const [elsewhere, beside] = [await open(url, { clock }), await open(url, { path, clock })];
    const changes = ['ours'];
    const one = await open(url, {
      path,
      clock,
      through: (database) =>
        stopping(database, async () => {
          if (names(elsewhere).length > 0) for (const name of changes.splice(0)) await put(beside, name);
        }),
    });
    await put(elsewhere, 'theirs');
    await one.refresh();
    expect([names(one), names(beside)]).toEqual([
      ['ours', 'theirs'],
      ['ours', 'theirs'],
    ]);
  });

  it('is looked after while many changes wait for each other, and takes no more of them than it comes to soon', async () => {
    const url = await postgres.server.createDatabase();
    const one = await open(url, { clock: createManualClock() });
    const letGo = await hold(url);
    const outcomes = Array.from({ length: 250 }, (_, turn) =>
      put(one, `name-${turn}`).then(
        () => 'made',
        (cause: unknown) => (isGatewayError(cause) ? cause.code : cause),
      ),
    );
    try {
      expect(await outcomes.at(-1)).toBe('overloaded');
      await one.refresh();
    } finally {
      await letGo();
    }
    const made = (await Promise.all(outcomes)).filter((outcome) => outcome === 'made');
    expect([made.length, names(one).length]).toEqual([202, 202]);
    expect(await verifyAudit(one.audit, SEAL)).toEqual({ ok: true, rows: 202 });
  });

  it('is one copy for the processes of one machine, of which each sees what any of them changed', async () => {
    const url = await postgres.server.createDatabase();
    const path = join(temporaryDir(), 'directory.db');
    const [one, other] = [await open(url, { path }), await open(url, { path })];
    await Promise.all(Array.from({ length: 20 }, (_, turn) => put(turn % 2 === 0 ? one : other, `name-${turn}`)));
    await seen(() => expect([names(one).length, names(other).length]).toEqual([20, 20]));
    expect(names(await open(url))).toEqual(names(one));
    expect(await verifyAudit(one.audit, SEAL)).toEqual({ ok: true, rows: 20 });
  });
});
