import { describe, expect, it } from 'vitest';
import { isGatewayError } from '@sluice/contract';
import type { RecordRepository, TeamRecord, UserRecord } from '@sluice/contract';
import { keyRecord } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const ACME = { id: 'acme', name: 'Acme', createdAtMs: 9_000_000_000_000, metadata: { plan: "o'brien" } };
const TEAM: TeamRecord = { id: 'search', org: 'acme', name: 'Search', createdAtMs: 1 };
const USER: UserRecord = {
  id: 'ada',
  org: 'acme',
  team: 'search',
  kind: 'service',
  role: 'admin',
  name: 'Ada',
  email: 'ada@acme.test',
  subject: 'sub-1',
  createdAtMs: 2,
  disabledAtMs: 3,
};

function filledStore() {
  const store = temporaryStore();
  store.tenancy.orgs.insert(ACME);
  store.tenancy.teams.insert(TEAM);
  store.tenancy.users.insert(USER);
  return store;
}

describe('organisations, teams and users in SQLite', () => {
  it('gives back every field of a record, beyond the life of the store', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    first.tenancy.orgs.insert(ACME);
    first.tenancy.users.insert(USER);
    first.close();
    const { orgs, users } = temporaryStore({ path }).tenancy;
    expect([orgs.find('acme'), users.find('ada')]).toStrictEqual([ACME, USER]);
  });

  it('has the organisation of those who have no other', () => {
    expect(temporaryStore().tenancy.orgs.list()).toMatchObject([{ id: 'default' }]);
  });

  it('takes no id twice', () => {
    const { teams } = filledStore().tenancy;
    expect([teams.insert({ ...TEAM, name: 'Other' }), teams.find('search')]).toEqual([false, TEAM]);
  });

  it('lists those of one organisation', () => {
    const { teams, orgs } = filledStore().tenancy;
    teams.insert({ ...TEAM, id: 'other', org: 'default' });
    expect([teams.list('acme').map(({ id }) => id), orgs.list('acme')]).toEqual([['search'], [ACME]]);
  });

  it('replaces a record, and only one that is there', () => {
    const { users } = filledStore().tenancy;
    const { team: _, ...free } = { ...USER, role: 'viewer' as const };
    expect([users.update(free), users.find('ada'), users.update({ ...USER, id: 'bob' })]).toEqual([true, free, false]);
  });

  it('deletes an organisation with its teams and users, and revokes its keys', () => {
    const { tenancy, keys } = filledStore();
    keys.insert(keyRecord({ id: 'key_a', hash: 'a', tenant: 'acme' }));
    keys.insert(keyRecord({ id: 'key_b', hash: 'b' }));
    expect([tenancy.orgs.remove('acme', 77), tenancy.orgs.remove('acme', 78)]).toEqual([true, false]);
    expect([tenancy.teams.list(), tenancy.users.list()]).toEqual([[], []]);
    expect(keys.list().map(({ id, revokedAtMs }) => [id, revokedAtMs])).toEqual([
      ['key_a', 77],
      ['key_b', undefined],
    ]);
  });

  it('deletes a team: its keys are revoked, its users stay', () => {
    const { tenancy, keys } = filledStore();
    keys.insert(keyRecord({ id: 'key_a', tenant: 'acme', team: 'search' }));
    tenancy.teams.remove('search', 77);
    expect([keys.find('key_a')?.revokedAtMs, tenancy.users.find('ada')?.team]).toEqual([77, undefined]);
  });

  it('deletes a user and revokes its keys', () => {
    const { tenancy, keys } = filledStore();
    keys.insert(keyRecord({ id: 'key_a', tenant: 'acme', user: 'ada' }));
    tenancy.users.remove('ada', 77);
    expect([keys.find('key_a')?.revokedAtMs, tenancy.users.list()]).toEqual([77, []]);
  });

  it.each(['orgs', 'teams', 'users'] as const)('moves the version of the keys with every change of %s', (kind) => {
    const { tenancy, keys } = filledStore();
    const id = { orgs: 'acme', teams: 'search', users: 'ada' }[kind];
    const before = keys.version();
    (tenancy[kind] as RecordRepository<UserRecord>).update({ ...(tenancy[kind].find(id) as UserRecord), name: 'New' });
    const updated = keys.version();
    tenancy[kind].remove(id, 1);
    expect([updated > before, keys.version() > updated]).toEqual([true, true]);
  });

  it('throws storage_unavailable once the store is closed', () => {
    const store = temporaryStore();
    store.close();
    expect(() => store.tenancy.orgs.list()).toThrow(
      expect.toSatisfy((error) => isGatewayError(error, 'storage_unavailable')),
    );
  });
});

describe('the rotation of a key', () => {
  const rotate = (hash: string, atMs: number, oldUntilMs: number) => ({ hash, last4: hash, atMs, oldUntilMs });

  it('keeps what it replaces until its time', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord({ hash: 'one' }));
    expect(keys.rotate(keyRecord().id, rotate('two', 10, 100))).toBe(true);
    expect(keys.list()).toMatchObject([{ hash: 'two', last4: 'two', retiring: [{ hash: 'one', untilMs: 100 }] }]);
  });

  it('forgets what is over, and lets no older one live longer', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord({ hash: 'one' }));
    keys.rotate(keyRecord().id, rotate('two', 10, 20));
    keys.rotate(keyRecord().id, rotate('three', 15, 500));
    keys.rotate(keyRecord().id, rotate('four', 30, 400));
    expect(keys.find(keyRecord().id)?.retiring?.map(({ hash, untilMs }) => [hash, untilMs])).toEqual([
      ['two', 400],
      ['three', 400],
    ]);
  });

  it('has nothing to do with keys that are revoked or not there', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord());
    keys.revoke(keyRecord().id, 5);
    expect([keys.rotate(keyRecord().id, rotate('two', 10, 20)), keys.rotate('none', rotate('x', 1, 2))]).toEqual([
      false,
      false,
    ]);
  });
});
