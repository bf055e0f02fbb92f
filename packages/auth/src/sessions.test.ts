import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { PEPPER, authRig } from './__fixtures__/auth-rig.js';
import { createKeyAuthenticator } from './index.js';
import { oidcSettings } from './oidc/oidc-settings.js';
import { readPerson } from './oidc/person.js';

const ISSUER = 'https://id.example.com';
const caller = { headers: {} };

/** One provider of identities, with these settings besides. */
function provider(change: object = {}) {
  const redirectUri = 'https://sluice.example.com/auth/callback';
  const mapping = { tenantClaim: 'org', roleClaim: 'groups', roles: { ops: 'operator' } };
  const [settings] = oidcSettings.parse([{ issuer: ISSUER, clientId: 'sluice', redirectUri, ...mapping, ...change }]);
  if (!settings) throw new Error('no settings');
  return settings;
}

/** The organisation `acme` with the user `ada`; sessions under any configuration are kept in the same place. */
function world() {
  const { keys, tenancy, clock, sessions: repository } = authRig();
  tenancy.orgs.insert({ id: 'acme', name: 'Acme', createdAtMs: 1 });
  const addAda = (change: object = {}): boolean =>
    tenancy.users.insert({
      id: 'ada',
      org: 'acme',
      name: 'Ada',
      kind: 'person',
      role: 'admin',
      subject: 'ada',
      createdAtMs: 1,
      ...change,
    });
  const sessionsUnder = (providers: readonly ReturnType<typeof provider>[]) => {
    const rules = { pepper: PEPPER, adminKeyOnDataPlane: true, profiles: {} };
    const sessions = { repository, ttlMs: 3_600_000, providers };
    const { sessions: made } = createKeyAuthenticator({ keys, tenancy, clock, ...rules, sessions });
    if (!made) throw new Error('no sessions');
    return made;
  };
  const signIn = async (claims: JsonObject, providers = [provider()]): Promise<string> => {
    const [first = provider()] = providers;
    const opened = await sessionsUnder(providers).openFor(readPerson({ sub: 'ada', org: 'acme', ...claims }, first));
    return opened.id;
  };
  return { tenancy, clock, addAda, sessionsUnder, signIn };
}

const OVER = { code: 'invalid_token' };
const UNMAPPED = { code: 'route_not_allowed' };

describe('a session of a person', () => {
  it.each<readonly [string, readonly object[]]>([
    ['its provider is gone', []],
    ['another provider stands in its place', [{ issuer: 'https://other.example.com' }]],
    ['its groups stand for other roles', [{ roles: { ops: 'viewer' } }]],
    ['its organisations are named by another claim', [{ tenantClaim: 'company' }]],
  ])('is over where %s', async (_, changes) => {
    const { sessionsUnder, signIn } = world();
    const id = await signIn({ groups: 'ops' });
    await expect(sessionsUnder([provider()]).find(id, caller)).resolves.toMatchObject({
      principal: { role: 'operator' },
    });
    await expect(sessionsUnder(changes.map(provider)).find(id, caller)).rejects.toMatchObject(OVER);
  });

  it('goes on where its provider is asked otherwise', async () => {
    const { sessionsUnder, signIn } = world();
    const id = await signIn({ groups: 'ops' });
    const found = sessionsUnder([provider({ scopes: ['openid'] })]).find(id, caller);
    await expect(found).resolves.toMatchObject({ principal: { role: 'operator' } });
  });

  it('begins and goes on in an organisation that there is', async () => {
    const { tenancy, clock, sessionsUnder, signIn } = world();
    await expect(signIn({ groups: 'ops', org: 'nobodys' })).rejects.toMatchObject(UNMAPPED);
    const id = await signIn({ groups: 'ops' });
    const sessions = sessionsUnder([provider()]);
    await sessions.find(id, caller);
    tenancy.orgs.remove('acme', 2);
    clock.advance(1_000);
    await expect(sessions.find(id, caller)).rejects.toMatchObject(OVER);
  });

  it.each<readonly [string, JsonObject]>([
    ['by the user', {}],
    ['by a claim', { groups: 'ops' }],
  ])('ends with its user, where its role is given %s', async (_, claims) => {
    const { tenancy, clock, addAda, sessionsUnder, signIn } = world();
    addAda();
    const id = await signIn(claims);
    const sessions = sessionsUnder([provider()]);
    expect((await sessions.find(id, caller)).principal.user).toBe('ada');
    tenancy.users.remove('ada', 2);
    clock.advance(1_000);
    await expect(sessions.find(id, caller)).rejects.toMatchObject(OVER);
  });

  it('does not go on when its user is made again under the same id', async () => {
    const { tenancy, clock, addAda, sessionsUnder, signIn } = world();
    addAda();
    const id = await signIn({});
    tenancy.users.remove('ada', 2);
    addAda({ createdAtMs: 3 });
    clock.advance(1_000);
    const sessions = sessionsUnder([provider()]);
    await expect(sessions.find(id, caller)).rejects.toMatchObject(OVER);
    await expect(sessions.find(await signIn({}), caller)).resolves.toMatchObject({ principal: { user: 'ada' } });
  });

  it.each<readonly [string, boolean]>([
    ['no user of its own', false],
    ['a user', true],
  ])('does not go on when its organisation is made again under the same id, with %s', async (_, hasUser) => {
    const { tenancy, clock, addAda, sessionsUnder, signIn } = world();
    if (hasUser) addAda();
    const id = await signIn({ groups: 'ops' });
    tenancy.orgs.remove('acme', 2);
    tenancy.orgs.insert({ id: 'acme', name: 'Acme', createdAtMs: 3 });
    if (hasUser) addAda();
    clock.advance(1_000);
    await expect(sessionsUnder([provider()]).find(id, caller)).rejects.toMatchObject(OVER);
  });

  it('goes on where a user is made for it, who bounds it from then on', async () => {
    const { clock, addAda, sessionsUnder, signIn } = world();
    const id = await signIn({ groups: 'ops' });
    addAda({ role: 'viewer', createdAtMs: 3 });
    clock.advance(1_000);
    await expect(sessionsUnder([provider()]).find(id, caller)).resolves.toMatchObject({
      principal: { user: 'ada', role: 'viewer' },
    });
  });

  it('has the role of the user whom its provider calls so, however many providers there are', async () => {
    const { addAda, sessionsUnder, signIn } = world();
    const other = provider({
      issuer: 'https://other.example.com',
      redirectUri: 'https://sluice.example.com/auth/callback/other',
    });
    addAda({ issuer: ISSUER });
    addAda({ id: 'eve', issuer: 'https://other.example.com', role: 'viewer' });
    const both = sessionsUnder([provider(), other]);
    const here = await signIn({}, [provider(), other]);
    const there = await signIn({}, [other, provider()]);
    expect([(await both.find(here, caller)).principal, (await both.find(there, caller)).principal]).toMatchObject([
      { user: 'ada', role: 'admin' },
      { user: 'eve', role: 'viewer' },
    ]);
  });

  it('has no role by a user whom another provider calls so, not where it is the only one either', async () => {
    const { addAda, signIn } = world();
    addAda({ issuer: 'https://other.example.com' });
    await expect(signIn({})).rejects.toMatchObject(UNMAPPED);
  });

  it('has the role of a user by its subject where one provider alone can name it', async () => {
    const { addAda, sessionsUnder, signIn } = world();
    addAda();
    const other = provider({
      issuer: 'https://other.example.com',
      redirectUri: 'https://sluice.example.com/auth/callback/other',
    });
    const id = await signIn({});
    expect((await sessionsUnder([provider()]).find(id, caller)).principal.role).toBe('admin');
    await expect(signIn({}, [other, provider()])).rejects.toMatchObject(UNMAPPED);
    await expect(sessionsUnder([other, provider()]).find(id, caller)).rejects.toMatchObject(OVER);
  });
});
