import { describe, expect, it } from 'vitest';
import type { Principal, Role } from '@sluice/contract';
import { authRig, bearer } from './__fixtures__/auth-rig.js';
import { ADMIN, PERMISSIONS, createTenancyAdmin } from './index.js';
import type { Permission } from './index.js';

function member(role: Role, tenant = 'acme'): Principal {
  return { kind: 'key', role, keyId: `key_${role}`, keyName: role, tenant, limits: {} };
}

/** Two organisations, each with a team. */
function world() {
  const rig = authRig();
  const admin = createTenancyAdmin({
    tenancy: rig.tenancy,
    clock: rig.clock,
    onChange: () => rig.auth.refresh(),
  });
  for (const id of ['acme', 'other']) {
    admin.orgs.create({ id, name: id }, ADMIN);
    admin.teams.create({ id: `${id}-team`, org: id, name: 'Team' }, ADMIN);
  }
  return { ...rig, keys: rig.admin, records: rig.keys, tenancy: admin };
}

const user = { kind: 'person', name: 'Ada' } as const;

describe('organisations', () => {
  it('are given an id where none is asked for', () => {
    expect(world().tenancy.orgs.create({ name: 'New' }, ADMIN).id).toMatch(/^org_[\w-]{12}$/);
  });

  it('take no id twice', () => {
    const again = () => world().tenancy.orgs.create({ id: 'acme', name: 'again' }, ADMIN);
    expect(again).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param: 'id' } }));
  });

  it('are seen by their own members alone', () => {
    const { orgs } = world().tenancy;
    expect(orgs.list(member('viewer')).map(({ id }) => id)).toEqual(['acme']);
    expect(() => orgs.find('other', member('owner'))).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(orgs.list(ADMIN)).toHaveLength(3);
  });

  it('are disabled by the operator of the gateway, not by themselves', () => {
    const { orgs } = world().tenancy;
    expect(() => orgs.change('acme', { disabled: true }, member('owner'))).toThrow(
      expect.objectContaining({ code: 'route_not_allowed' }),
    );
    expect(orgs.change('acme', { disabled: true }, ADMIN).disabledAtMs).toBeTypeOf('number');
    expect(orgs.change('acme', { disabled: false }, ADMIN).disabledAtMs).toBeUndefined();
  });

  it.each(['remove', 'disable'])('keep the one of the gateway: %s', (how) => {
    const { orgs } = world().tenancy;
    const act = () =>
      how === 'remove' ? orgs.remove('default', ADMIN) : orgs.change('default', { disabled: true }, ADMIN);
    expect(act).toThrow(expect.objectContaining({ code: 'invalid_value' }));
  });
});

describe('teams and users of another organisation', () => {
  it('do not exist', () => {
    const { teams } = world().tenancy;
    const by = member('owner');
    const acts = [
      () => teams.find('other-team', by),
      () => teams.change('other-team', { name: 'mine' }, by),
      () => teams.remove('other-team', by),
    ];
    for (const act of acts) expect(act).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it.each([{ org: 'other' }, { team: 'other-team' }, { org: 'acme', team: 'other-team' }, { team: 'nowhere' }])(
    'cannot be named either: %j',
    (place) => {
      const { users } = world().tenancy;
      const make = () => users.create({ ...user, role: 'caller', ...place }, member('owner'));
      expect(make).toThrow(expect.objectContaining({ code: 'invalid_value' }));
      expect(users.list(ADMIN)).toEqual([]);
    },
  );
});

describe('users', () => {
  it('belong to the organisation of their team', () => {
    const made = world().tenancy.users.create({ ...user, role: 'caller', team: 'acme-team' }, ADMIN);
    expect(made).toMatchObject({ org: 'acme', team: 'acme-team' });
  });

  it('CVE-2026-47102: nobody raises his own role', () => {
    const { users } = world().tenancy;
    const made = users.create({ ...user, id: 'me', org: 'acme', role: 'admin' }, ADMIN);
    const raise = () => users.change('me', { role: 'owner' }, { ...member('admin'), user: made.id });
    expect(raise).toThrow(expect.objectContaining({ code: 'route_not_allowed', details: { param: 'role' } }));
    expect(users.find('me', ADMIN).role).toBe('admin');
  });

  it('with a role above the own one are not to be touched', () => {
    const { users } = world().tenancy;
    users.create({ ...user, id: 'boss', org: 'acme', role: 'owner' }, ADMIN);
    const by = member('admin');
    for (const act of [
      () => users.change('boss', { role: 'viewer' }, by),
      () => users.remove('boss', by),
      () => users.create({ ...user, role: 'owner' }, by),
    ]) {
      expect(act).toThrow(expect.objectContaining({ code: 'route_not_allowed' }));
    }
  });

  it('share no subject within an organisation', () => {
    const { users } = world().tenancy;
    const taken = expect.objectContaining({ code: 'invalid_value', details: { param: 'subject' } }) as Error;
    users.create({ ...user, id: 'one', org: 'acme', role: 'caller', subject: 'u1' }, ADMIN);
    users.create({ ...user, id: 'two', org: 'acme', role: 'caller' }, ADMIN);
    users.change('one', { disabled: true }, ADMIN);
    expect(() => users.create({ ...user, org: 'acme', role: 'caller', subject: 'u1' }, ADMIN)).toThrow(taken);
    expect(() => users.change('two', { subject: 'u1' }, ADMIN)).toThrow(taken);
    expect(users.change('one', { subject: 'u1', name: 'Ann' }, ADMIN)).toMatchObject({ subject: 'u1', name: 'Ann' });
    const issuer = 'https://id.example.com';
    expect(users.change('two', { subject: 'u1', issuer }, ADMIN)).toMatchObject({ subject: 'u1', issuer });
    expect(() => users.change('two', { issuer: null }, ADMIN)).toThrow(taken);
    expect(() => users.change('one', { issuer }, ADMIN)).toThrow(taken);
    const alone = { ...user, org: 'acme', role: 'caller', issuer } as const;
    expect(() => users.create(alone, ADMIN)).toThrow(expect.objectContaining({ details: { param: 'issuer' } }));
    expect(users.create({ ...user, org: 'other', role: 'caller', subject: 'u1' }, ADMIN).subject).toBe('u1');
  });

  it('leave their team', () => {
    const { users } = world().tenancy;
    users.create({ ...user, id: 'me', team: 'acme-team', role: 'caller' }, ADMIN);
    expect(users.change('me', { team: null, name: 'Bob' }, ADMIN)).toStrictEqual({
      id: 'me',
      org: 'acme',
      kind: 'person',
      role: 'caller',
      name: 'Bob',
      createdAtMs: expect.any(Number) as unknown,
    });
  });
});

describe('keys', () => {
  it('belong to whom they are made for', async () => {
    const { keys, ask, tenancy } = world();
    tenancy.users.create({ ...user, id: 'me', team: 'acme-team', role: 'operator' }, ADMIN);
    const { key } = keys.create({ name: 'ci', user: 'me', role: 'operator' }, ADMIN);
    expect(await ask(bearer(key))).toMatchObject({ tenant: 'acme', team: 'acme-team', user: 'me', role: 'operator' });
  });

  it('A-33 of somebody who is disabled are refused, until that is undone', async () => {
    const { keys, ask, tenancy } = world();
    const { key } = keys.create({ name: 'ci', team: 'acme-team' }, ADMIN);
    tenancy.teams.change('acme-team', { disabled: true }, ADMIN);
    expect(await ask(bearer(key))).toBe('revoked_api_key');
    tenancy.teams.change('acme-team', { disabled: false }, ADMIN);
    expect(await ask(bearer(key))).toMatchObject({ team: 'acme-team' });
    tenancy.orgs.remove('acme', ADMIN);
    expect(await ask(bearer(key))).toBe('revoked_api_key');
  });

  it('may no more than their user, also when that was lowered later', async () => {
    const { keys, ask, tenancy } = world();
    tenancy.users.create({ ...user, id: 'me', org: 'acme', role: 'admin' }, ADMIN);
    const { key } = keys.create({ name: 'ci', user: 'me', role: 'admin' }, ADMIN);
    tenancy.users.change('me', { role: 'caller' }, ADMIN);
    expect(await ask(bearer(key))).toMatchObject({ role: 'caller' });
    const above = () => keys.create({ name: 'ci', user: 'me', role: 'admin' }, ADMIN);
    expect(above).toThrow(expect.objectContaining({ code: 'route_not_allowed' }));
  });

  it.each([
    ['viewer', 'caller'],
    ['caller', 'viewer'],
  ] as const)('of a %s whose user becomes a %s may only what both may', async (role, next) => {
    const { keys, auth, tenancy } = world();
    tenancy.users.create({ ...user, id: 'me', org: 'acme', role }, ADMIN);
    const { key } = keys.create({ name: 'ci', user: 'me', role }, ADMIN);
    tenancy.users.change('me', { role: next }, ADMIN);
    const allowed: string[] = [];
    for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
      const asked = auth.authorize({ headers: bearer(key) }, permission, new AbortController().signal);
      if (await asked.then(Boolean, () => false)) allowed.push(permission);
    }
    expect(allowed).toEqual(['models:list']);
  });

  it('of somebody with two roles are made with none of them', () => {
    const { keys } = world();
    const by = { ...member('admin'), role: 'viewer', bound: 'caller' } as const;
    for (const role of ['viewer', 'caller'] as const) {
      const make = () => keys.create({ name: 'ci', role }, by);
      expect(make).toThrow(expect.objectContaining({ code: 'route_not_allowed', details: { param: 'role' } }));
    }
  });

  it.each([
    [{ role: 'owner' }, 'route_not_allowed', 'role'],
    [{ org: 'other' }, 'invalid_value', 'org'],
    [{ team: 'other-team' }, 'invalid_value', 'team'],
    [{ role: 'caller', models: ['fast'], routes: ['/v1/*', '/admin/*'] }, 'route_not_allowed', 'routes'],
    [{ routes: ['/v1/chat/completions'] }, 'model_not_allowed', 'models'],
    [{ routes: ['/v1/*'], models: ['*'] }, 'model_not_allowed', 'models'],
    [{ routes: ['/v1/*'], models: ['fast'], ips: ['0.0.0.0/0'] }, 'ip_not_allowed', 'ips'],
  ] as const)('CVE-2026-47101: nobody makes a key above his own rights: %j', (input, code, param) => {
    const { keys } = world();
    const by = {
      ...member('admin'),
      routes: ['/v1/*', '/admin/v1/keys'],
      models: ['fast', 'sim/*'],
      ips: ['10.0.0.0/8'],
    };
    const make = () => keys.create({ name: 'ci', ...input } as Parameters<typeof keys.create>[0], by);
    expect(make).toThrow(expect.objectContaining({ code, details: { param } }));
    expect(keys.list(ADMIN)).toEqual([]);
  });

  it('may be made within the own rights', () => {
    const { keys } = world();
    const by = { ...member('admin'), routes: ['/v1/*'], models: ['fast', 'sim/*'], ips: ['10.0.0.0/8'] };
    const input = {
      name: 'ci',
      routes: ['/v1/models'],
      models: ['sim/echo'],
      ips: ['10.1.2.3'],
      role: 'operator' as const,
    };
    expect(keys.create(input, by).record).toMatchObject({ tenant: 'acme', role: 'operator' });
  });

  it('of another organisation cannot be listed or revoked', () => {
    const { keys, records } = world();
    const { record } = keys.create({ name: 'theirs', org: 'other' }, ADMIN);
    expect([keys.list(member('owner')), keys.revoke(record.id, member('owner'))]).toEqual([[], false]);
    expect(records.find(record.id)?.revokedAtMs).toBeUndefined();
  });
});
