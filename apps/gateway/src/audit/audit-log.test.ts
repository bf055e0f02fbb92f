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
function filled(): Rig {
  const made = rig();
  for (let count = 1; count <= 5; count += 1) put(made, `name-${count}`);
  return made;
}

function put({ log, store }: Rig, name: string): void {
  const record = { kind: 'test', name, value: { name }, changedAtMs: 1 };
  log.change(ADMIN, 'setTest', {
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
  it('keeps who did what to which object, and when, and tells states apart without showing them', () => {
    const { store } = filled();
    const [row] = store.audit.page({ limit: 1 });
    expect(row).toMatchObject({ ...ADMIN, seq: 5, action: 'setTest', object: 'name-5', changed: 'name' });
    expect([row?.before, row?.after].every((text) => /^sha256:[0-9a-f]{64}$/.test(text ?? ''))).toBe(true);
    expect(row?.before).not.toBe(row?.after);
  });

  it('has no row for a change that failed, and no change whose row failed', () => {
    const { log, store, verdict } = rig();
    const fail = (): never => {
      store.settings.put({ kind: 'test', name: 'half', value: {}, changedAtMs: 1 });
      throw new Error('no');
    };
    expect(() => log.change(ADMIN, 'setTest', { work: fail, object: () => 'half' })).toThrow('no');
    const broken = { work: () => store.settings.put({ kind: 'test', name: 'b', value: {}, changedAtMs: 1 }) };
    expect(() => log.change({ ...ADMIN, actor: {} as string }, 'x', { ...broken, object: () => 'b' })).toThrow();
    expect([store.settings.list('test'), verdict()]).toEqual([[], { ok: true, rows: 0 }]);
  });

  it('has no row where nothing was changed', () => {
    const { log, verdict } = rig();
    expect(log.change(ADMIN, 'revokeKey', { work: () => false, object: () => undefined })).toBe(false);
    expect(verdict()).toEqual({ ok: true, rows: 0 });
  });

  it('asks for the state before within the transaction of the change, where nobody else changes it', () => {
    const { log, store, path } = rig();
    const work = () => store.settings.put({ kind: 'test', name: 'a', value: {}, changedAtMs: 1 });
    const before = () => {
      expect(() => runForeignSql(path, `DELETE FROM settings`)).toThrow('locked');
      return store.settings.find('test', 'a');
    };
    log.change(ADMIN, 'setTest', { work, object: () => 'a', before });
    expect(store.audit.page({ limit: 1 })).toMatchObject([{ object: 'a' }]);
    expect(store.audit.page({ limit: 1 })[0]?.before).toBeUndefined();
  });

  it('lets what is to follow a change run when both are in the database, and not at all where they are not', () => {
    const { store } = rig();
    const failed: unknown[] = [];
    const followers = new Followers((cause) => failed.push(cause));
    const log = createAuditLog({ ...logDeps(store), followers });
    const told: string[] = [];
    const change = (name: string, actor: AuditActor = ADMIN) =>
      log.change(actor, 'setTest', {
        work: () => followers.run(() => told.push(`${name} after ${store.audit.page({ limit: 9 }).length} rows`)),
        object: () => name,
        after: () => told.push(`${name} is made`),
      });
    change('a');
    expect(() => change('b', { ...ADMIN, actor: {} as string })).toThrow();
    followers.run(() => told.push('alone'));
    expect(told).toEqual(['a is made', 'a after 1 rows', 'b is made', 'alone']);
    const work = () =>
      followers.run(() => {
        throw new Error('no');
      });
    log.change(ADMIN, 'setTest', { work, object: () => 'c' });
    expect([failed, store.audit.page({ limit: 1 })]).toMatchObject([[new Error('no')], [{ object: 'c' }]]);
  });

  it('cannot be read once the database is closed, whatever is read of it', () => {
    const { store } = filled();
    const rows = store.audit.all(5)[Symbol.iterator]();
    rows.next();
    store.close();
    for (const read of [() => store.audit.head(), () => rows.next(), () => [...store.audit.all(5)]]) {
      expect(read).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
    }
  });

  it('is one chain for all processes', () => {
    const first = rig();
    const second = rig(first.path);
    for (let turn = 0; turn < 20; turn += 1) put(turn % 2 === 0 ? first : second, `name-${turn}`);
    expect([first.verdict(), second.verdict()]).toEqual([
      { ok: true, rows: 20 },
      { ok: true, rows: 20 },
    ]);
  });

  it('can only be added to', () => {
    const { path } = filled();
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
  it('is whole before', () => {
    expect(filled().verdict()).toEqual({ ok: true, rows: 5 });
  });

  it.each(COLUMNS)('shows a change of %s', (column) => {
    const { path, verdict } = filled();
    tamper(path, `UPDATE audit SET ${column} = ${column} || 'x' WHERE seq = 3`);
    expect(verdict()).toMatchObject({ ok: false, rows: 2, row: 3 });
  });

  it.each(['before', 'after', 'changed', 'address', 'request_id'])('shows that %s was taken out', (column) => {
    const { path, verdict } = filled();
    tamper(path, `UPDATE audit SET ${column} = NULL WHERE seq = 3`);
    expect(verdict()).toMatchObject({ ok: false, rows: 2, row: 3 });
  });

  it('shows a change of the time', () => {
    const { path, verdict } = filled();
    tamper(path, 'UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3');
    expect(verdict()).toMatchObject({ ok: false, row: 3 });
  });

  it.each([
    ['the first', 1, 1],
    ['one in the middle', 3, 3],
    ['the last', 5, 5],
  ])('shows that %s row was deleted', (_which, deleted, row) => {
    const { path, verdict } = filled();
    tamper(path, `DELETE FROM audit WHERE seq = ${deleted}`);
    expect(verdict()).toMatchObject({ ok: false, rows: row - 1, row });
  });

  it('shows that all rows were deleted, or all but the first ones', () => {
    const [all, most] = [filled(), filled()];
    tamper(all.path, 'DELETE FROM audit');
    tamper(most.path, 'DELETE FROM audit WHERE seq > 2');
    expect([all.verdict(), most.verdict()]).toMatchObject([
      { ok: false, row: 1 },
      { ok: false, row: 3 },
    ]);
  });

  it('shows that a row was deleted and the others moved up', () => {
    const { path, verdict } = filled();
    tamper(
      path,
      'DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5',
    );
    expect(verdict()).toMatchObject({ ok: false, row: 3 });
  });

  it('shows that two rows changed places', () => {
    const { path, verdict } = filled();
    tamper(
      path,
      'UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9',
    );
    expect(verdict()).toMatchObject({ ok: false, row: 2 });
  });

  it('shows that the mark of the end was moved back with it, or taken away', () => {
    const [moved, gone] = [filled(), filled()];
    tamper(
      moved.path,
      'DELETE FROM audit WHERE seq = 5; UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)',
    );
    tamper(gone.path, 'DELETE FROM audit_head');
    expect([moved.verdict(), gone.verdict()]).toMatchObject([{ ok: false }, { ok: false }]);
  });

  it('shows rows that somebody made without the secret', () => {
    const { path, store, verdict } = filled();
    const forger = createAuditLog({
      audit: store.audit,
      seal: createAuditSeal('another'),
      clock: createManualClock(),
    });
    forger.note(ADMIN, 'createKey', 'key_9');
    expect([path !== '', verdict()]).toMatchObject([true, { ok: false, row: 6 }]);
  });
});

describe('a page of the audit log', () => {
  it('is the newest rows before another, and only those asked for', () => {
    const { log, store } = filled();
    log.note({ ...ADMIN, actor: 'key_2', tenant: 'org_2' }, 'openBreaker', 'openai/gpt');
    const numbers = (query: object): number[] => store.audit.page({ limit: 10, ...query }).map(({ seq }) => seq);
    expect(numbers({ limit: 2 })).toEqual([6, 5]);
    expect(numbers({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(numbers({ actor: 'key_2' })).toEqual([6]);
    expect(numbers({ tenant: 'org_2' })).toEqual([6]);
    expect(numbers({ action: 'setTest', object: 'name-3' })).toEqual([3]);
    expect(numbers({ untilMs: 0 })).toEqual([]);
  });
});
