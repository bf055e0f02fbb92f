import { join } from 'node:path';
import type { AuditRow } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { SqliteStore } from '@sluice/store-sqlite';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runForeignSql } from '../__fixtures__/foreign-sql.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { createAuditLog } from './audit-log.js';
import type { AuditActor, AuditLog } from './audit-log.js';
import { createAuditSeal } from './chain.js';
import { Followers } from './followers.js';
import { verifyAudit } from './verify.js';

const SECRET = 'p'.repeat(43);
const ADMIN: AuditActor = {
  actor: 'key_1',
  actorName: 'Ann',
  role: 'admin',
  tenant: 'default',
  address: '127.0.0.1',
  requestId: 'req_1',
};

interface Rig {
  readonly path: string;
  readonly store: SqliteStore;
  readonly log: AuditLog;
  readonly verdict: () => ReturnType<typeof verifyAudit>;
}

function rig(path = join(temporaryDir(), 'sluice.db')): Rig {
  const store = openSqliteStore({ path });
  onTestFinished(() => store.close());
  const deps = logDeps(store);
  return { path, store, log: createAuditLog(deps), verdict: () => verifyAudit(store.audit, deps.seal) };
}

function logDeps({ audit }: SqliteStore) {
  return { audit, seal: createAuditSeal(SECRET), clock: createManualClock() };
}

/** A log of five rows. */
async function filled(): Promise<Rig> {
  const made = rig();
  for (let count = 1; count <= 5; count += 1) await put(made, `name-${count}`);
  return made;
}

async function put({ log, store }: Rig, name: string): Promise<void> {
  const record = { kind: 'test', name, value: { name }, changedAtMs: 1 };
  await log.change(ADMIN, 'setTest', {
    work: () => store.settings.put(record),
    object: () => name,
    before: () => ({ name: 'old', same: 1 }),
    after: () => ({ name, same: 1 }),
  });
}

/** What somebody does who has the database and nothing else; the triggers that forbid it are no hindrance to them. */
function tamper(path: string, sql: string): void {
  runForeignSql(path, `DROP TRIGGER audit_kept; DROP TRIGGER audit_whole; ${sql}`);
}

describe('the audit log', () => {
  it('keeps who did what to which object, and when, and tells states apart without showing them', async () => {
    const { store } = await filled();
    const [row] = await store.audit.page({ limit: 1 });
    expect(row).toMatchObject({ ...ADMIN, seq: 5, action: 'setTest', object: 'name-5', changed: 'name' });
    expect([row?.before, row?.after].every((text) => /^sha256:[0-9a-f]{64}$/.test(text ?? ''))).toBe(true);
    expect(row?.before).not.toBe(row?.after);
  });

  it('has no row for a change that failed, and no change whose row failed', async () => {
    const { log, store, verdict } = rig();
    const fail = (): never => {
      store.settings.put({ kind: 'test', name: 'half', value: {}, changedAtMs: 1 });
      throw new Error('no');
    };
    await expect(log.change(ADMIN, 'setTest', { work: fail, object: () => 'half' })).rejects.toThrow('no');
    const broken = { work: () => store.settings.put({ kind: 'test', name: 'b', value: {}, changedAtMs: 1 }) };
    const nobody = { ...ADMIN, actor: {} as string };
    await expect(log.change(nobody, 'x', { ...broken, object: () => 'b' })).rejects.toThrow();
    expect([store.settings.list('test'), await verdict()]).toEqual([[], { ok: true, rows: 0 }]);
  });

  it('has no row where nothing was changed', async () => {
    const { log, verdict } = rig();
    expect(await log.change(ADMIN, 'revokeKey', { work: () => false, object: () => undefined })).toBe(false);
    expect(await verdict()).toEqual({ ok: true, rows: 0 });
  });

  it('asks for the state before within the transaction of the change, where nobody else changes it', async () => {
    const { log, store, path } = rig();
    const work = () => store.settings.put({ kind: 'test', name: 'a', value: {}, changedAtMs: 1 });
    const before = () => {
      expect(() => runForeignSql(path, `DELETE FROM settings`)).toThrow('locked');
      return store.settings.find('test', 'a');
    };
    await log.change(ADMIN, 'setTest', { work, object: () => 'a', before });
    const [row] = await store.audit.page({ limit: 1 });
    expect([row?.object, row?.before]).toEqual(['a', undefined]);
  });

  it('lets what is to follow a change run when both are in the database, and not at all where they are not', async () => {
    const { store, path } = rig();
    // Sees what is in the database, and nothing of a transaction that is open.
    const { store: other } = rig(path);
    const failed: unknown[] = [];
    const followers = new Followers((cause) => failed.push(cause));
    const log = createAuditLog({ ...logDeps(store), followers });
    const told: string[] = [];
    const change = (name: string, actor: AuditActor = ADMIN) =>
      log.change(actor, 'setTest', {
        work: () => {
          store.settings.put({ kind: 'test', name, value: {}, changedAtMs: 1 });
          followers.run(() => told.push(`${name} follows ${other.settings.find('test', name)?.name}`));
        },
        object: () => name,
        after: () => told.push(`${name} is made`),
      });
    await change('a');
    await expect(change('b', { ...ADMIN, actor: {} as string })).rejects.toThrow();
    followers.run(() => told.push('alone'));
    expect(told).toEqual(['a is made', 'a follows a', 'b is made', 'alone']);
    const work = () =>
      followers.run(() => {
        throw new Error('no');
      });
    await log.change(ADMIN, 'setTest', { work, object: () => 'c' });
    expect([failed, await store.audit.page({ limit: 1 })]).toMatchObject([[new Error('no')], [{ object: 'c' }]]);
  });

  it('cannot be read once the database is closed, whatever is read of it', async () => {
    const { store } = await filled();
    const rows = store.audit.all(5)[Symbol.asyncIterator]();
    await rows.next();
    store.close();
    const readAll = () => store.audit.all(5)[Symbol.asyncIterator]().next();
    for (const read of [() => store.audit.head(), () => rows.next(), readAll]) {
      await expect(read()).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
  });

  it('is one chain for all processes', async () => {
    const first = rig();
    const second = rig(first.path);
    for (let turn = 0; turn < 20; turn += 1) await put(turn % 2 === 0 ? first : second, `name-${turn}`);
    expect([await first.verdict(), await second.verdict()]).toEqual([
      { ok: true, rows: 20 },
      { ok: true, rows: 20 },
    ]);
  });

  it('can only be added to', async () => {
    const { path } = await filled();
    expect(() => runForeignSql(path, `UPDATE audit SET actor = 'me'`)).toThrow('append-only');
    expect(() => runForeignSql(path, 'DELETE FROM audit')).toThrow('append-only');
  });
});

const TEXTS: readonly (keyof AuditRow)[] = [
  'actor',
  'role',
  'tenant',
  'action',
  'object',
  'before',
  'after',
  'changed',
];
const COLUMNS = [...TEXTS, 'actor_name', 'address', 'request_id', 'previous', 'hash'];

describe('an audit log that was tampered with', () => {
  it('is whole before', async () => {
    expect(await (await filled()).verdict()).toEqual({ ok: true, rows: 5 });
  });

  it.each(COLUMNS)('shows a change of %s', async (column) => {
    const { path, verdict } = await filled();
    tamper(path, `UPDATE audit SET ${column} = ${column} || 'x' WHERE seq = 3`);
    expect(await verdict()).toMatchObject({ ok: false, rows: 2, row: 3 });
  });

  it.each(['before', 'after', 'changed', 'address', 'request_id'])('shows that %s was taken out', async (column) => {
    const { path, verdict } = await filled();
    tamper(path, `UPDATE audit SET ${column} = NULL WHERE seq = 3`);
    expect(await verdict()).toMatchObject({ ok: false, rows: 2, row: 3 });
  });

  it('shows a change of the time', async () => {
    const { path, verdict } = await filled();
    tamper(path, 'UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3');
    expect(await verdict()).toMatchObject({ ok: false, row: 3 });
  });

  it.each([
    ['the first', 1, 1],
    ['one in the middle', 3, 3],
    ['the last', 5, 5],
  ])('shows that %s row was deleted', async (_which, deleted, row) => {
    const { path, verdict } = await filled();
    tamper(path, `DELETE FROM audit WHERE seq = ${deleted}`);
    expect(await verdict()).toMatchObject({ ok: false, rows: row - 1, row });
  });

  it('shows that all rows were deleted, or all but the first ones', async () => {
    const [all, most] = [await filled(), await filled()];
    tamper(all.path, 'DELETE FROM audit');
    tamper(most.path, 'DELETE FROM audit WHERE seq > 2');
    expect([await all.verdict(), await most.verdict()]).toMatchObject([
      { ok: false, row: 1 },
      { ok: false, row: 3 },
    ]);
  });

  it('shows that a row was deleted and the others moved up', async () => {
    const { path, verdict } = await filled();
    tamper(
      path,
      'DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5',
    );
    expect(await verdict()).toMatchObject({ ok: false, row: 3 });
  });

  it('shows that two rows changed places', async () => {
    const { path, verdict } = await filled();
    tamper(
      path,
      'UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9',
    );
    expect(await verdict()).toMatchObject({ ok: false, row: 2 });
  });

  it('shows that the mark of the end was moved back with it, or taken away', async () => {
    const [moved, gone] = [await filled(), await filled()];
    tamper(
      moved.path,
      'DELETE FROM audit WHERE seq = 5; UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)',
    );
    tamper(gone.path, 'DELETE FROM audit_head');
    expect([await moved.verdict(), await gone.verdict()]).toMatchObject([{ ok: false }, { ok: false }]);
  });

  it('shows rows that somebody made without the secret', async () => {
    const { path, store, verdict } = await filled();
    const forger = createAuditLog({
      audit: store.audit,
      seal: createAuditSeal('another'),
      clock: createManualClock(),
    });
    await forger.note(ADMIN, 'createKey', 'key_9');
    expect([path !== '', await verdict()]).toMatchObject([true, { ok: false, row: 6 }]);
  });
});

describe('a page of the audit log', () => {
  it('is the newest rows before another, and only those asked for', async () => {
    const { log, store } = await filled();
    await log.note({ ...ADMIN, actor: 'key_2', tenant: 'org_2' }, 'openBreaker', 'openai/gpt');
    const numbers = async (query: object): Promise<number[]> =>
      (await store.audit.page({ limit: 10, ...query })).map(({ seq }) => seq);
    expect(await numbers({ limit: 2 })).toEqual([6, 5]);
    expect(await numbers({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(await numbers({ actor: 'key_2' })).toEqual([6]);
    expect(await numbers({ tenant: 'org_2' })).toEqual([6]);
    expect(await numbers({ action: 'setTest', object: 'name-3' })).toEqual([3]);
    expect(await numbers({ untilMs: 0 })).toEqual([]);
  });
});
