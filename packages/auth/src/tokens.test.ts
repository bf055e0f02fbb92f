import { describe, expect, it } from 'vitest';
import { gatewayError } from '@sluice/contract';
import { authRig, bearer } from './__fixtures__/auth-rig.js';
import { ISSUER, KEYS, encode, forge, publicJwk, tokenRig } from './__fixtures__/token-rig.js';
import { ADMIN, createTenancyAdmin, toPublicKey, toSecret } from './index.js';

const MINUTE = 60_000;

/** The next turn of the event loop: what went on in the background has ended. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('whom a token speaks for', () => {
  it('is told by its issuer and subject, under the default profile', async () => {
    const { present, token } = tokenRig();
    expect(await present(token())).toEqual({
      kind: 'token',
      role: 'caller',
      keyId: expect.stringMatching(/^token_[\w-]{16}$/) as unknown,
      keyName: 'u1',
      tenant: 'default',
      limits: {},
    });
  });

  it('is the organisation, the team and the role of its claims', async () => {
    const settings = {
      tenantClaim: 'org',
      teamClaim: 'team',
      roleClaim: 'realm.roles',
      roles: { admins: 'admin' },
    } as const;
    const { present, token, tenancy, auth } = tokenRig({ settings });
    tenancy.teams.insert({ id: 'search', org: 'acme', name: 'Search', createdAtMs: 1 });
    auth.refresh();
    const claims = { org: 'acme', team: 'search', realm: { roles: ['users', 'admins'] } };
    expect(await present(token(claims))).toMatchObject({ tenant: 'acme', team: 'search', role: 'admin' });
    expect(await present(token({ ...claims, org: 'other' }))).not.toHaveProperty('team');
    expect(await present(token({ ...claims, realm: { roles: ['admin', '__proto__'] } }))).toMatchObject({
      role: 'caller',
    });
  });

  it('has the highest of the roles that it names itself', async () => {
    const { present, token } = tokenRig({ settings: { roleClaim: 'https://sluice.example/role' } });
    expect(await present(token({ 'https://sluice.example/role': ['caller', 'operator'] }))).toMatchObject({
      role: 'operator',
    });
    expect(await present(token({ 'https://sluice.example/role': 'root' }))).toMatchObject({ role: 'caller' });
  });

  it('rules nobody where it ought to name an organisation and does not', async () => {
    const { present, token } = tokenRig({ settings: { tenantClaim: 'org', roleClaim: 'role' } });
    expect(await present(token({ role: 'owner' }))).toMatchObject({ tenant: 'default', role: 'caller' });
  });

  it('A-33 is refused while its organisation, team or user is disabled', async () => {
    const rig = tokenRig({ settings: { tenantClaim: 'org' } });
    const onChange = () => rig.auth.refresh();
    const { orgs, users } = createTenancyAdmin({ tenancy: rig.tenancy, clock: rig.clock, onChange });
    orgs.create({ id: 'acme', name: 'Acme' }, ADMIN);
    users.create({ id: 'ada', org: 'acme', kind: 'person', role: 'caller', name: 'Ada', subject: 'u1' }, ADMIN);
    const token = rig.token({ org: 'acme' });
    expect(await rig.present(token)).toMatchObject({ tenant: 'acme', user: 'ada' });
    users.change('ada', { disabled: true }, ADMIN);
    expect([await rig.present(token), await rig.present(rig.token({ org: 'acme', sub: 'u2' }))]).toMatchObject([
      'invalid_token',
      { keyName: 'u2' },
    ]);
    users.change('ada', { disabled: false }, ADMIN);
    orgs.change('acme', { disabled: true }, ADMIN);
    expect(await rig.present(token)).toBe('invalid_token');
  });
});

describe('a token whose subject is a user', () => {
  it('may no more than the user, also when that was lowered since', async () => {
    const rig = tokenRig({ settings: { roleClaim: 'role' } });
    const { users } = createTenancyAdmin({
      tenancy: rig.tenancy,
      clock: rig.clock,
      onChange: () => rig.auth.refresh(),
    });
    users.create({ id: 'ada', kind: 'person', role: 'admin', name: 'Ada', subject: 'u1' }, ADMIN);
    const [admin, caller] = [rig.token({ role: 'admin' }), rig.token({ role: 'caller' })];
    expect(await rig.present(admin)).toMatchObject({ role: 'admin', user: 'ada' });
    users.change('ada', { role: 'caller' }, ADMIN);
    expect(await rig.present(admin)).toMatchObject({ role: 'caller' });
    users.change('ada', { role: 'viewer' }, ADMIN);
    expect([await rig.present(admin), await rig.present(caller)]).toEqual(['route_not_allowed', 'route_not_allowed']);
  });

  it('is the one whom its issuer calls so, and nobody whom another one does', async () => {
    const rig = tokenRig();
    const ada = { org: 'default', kind: 'person', role: 'caller', name: 'Ada', subject: 'u1', createdAtMs: 1 } as const;
    rig.tenancy.users.insert({ ...ada, id: 'other', issuer: 'https://other.example.com' });
    rig.auth.refresh();
    expect(await rig.present(rig.token())).not.toHaveProperty('user');
    rig.tenancy.users.insert({ ...ada, id: 'whoever' });
    rig.auth.refresh();
    expect(await rig.present(rig.token())).toMatchObject({ user: 'whoever' });
    rig.tenancy.users.insert({ ...ada, id: 'own', issuer: ISSUER });
    rig.auth.refresh();
    expect(await rig.present(rig.token())).toMatchObject({ user: 'own' });
  });

  it('is refused where one of several with that subject is disabled', async () => {
    const rig = tokenRig();
    const ada = { org: 'default', kind: 'person', role: 'caller', name: 'Ada', subject: 'u1' } as const;
    rig.tenancy.users.insert({ ...ada, id: 'old', createdAtMs: 1, disabledAtMs: 2 });
    rig.tenancy.users.insert({ ...ada, id: 'new', createdAtMs: 3 });
    rig.auth.refresh();
    expect(await rig.present(rig.token())).toBe('invalid_token');
  });
});

describe('a token that is known', () => {
  it('is verified once, and is over when it expires', async () => {
    const { present, token, clock } = tokenRig();
    const text = token();
    const first = await present(text);
    expect(await present(text)).toBe(first);
    clock.advance(604_000);
    expect(await present(text)).toBe(first);
    clock.advance(1_000);
    expect([await present(text), await present(text)]).toEqual(['expired_token', 'expired_token']);
  });

  it.each([20, 50, 100])(
    'CVE-2026-35030 B-50: is known by all of it, not by its first %s characters',
    async (length) => {
      const { present, claims } = tokenRig();
      const header = { alg: 'RS256', kid: 'rsa', typ: 'JWT' };
      const filler = { a: 'x'.repeat(80) };
      const [one, two] = ['u1', 'u2'].map((sub) => forge(header, { ...filler, ...claims(), sub }, KEYS.rsa.privateKey));
      expect(one?.slice(0, length)).toBe(two?.slice(0, length));
      for (let call = 0; call < 100; call += 1) {
        expect(await present(call % 2 === 0 ? one! : two!)).toMatchObject({ keyName: call % 2 === 0 ? 'u1' : 'u2' });
      }
    },
  );

  it('is none with another signature', async () => {
    const { present, token } = tokenRig();
    const [head, body] = token().split('.');
    expect(await present(token())).toMatchObject({ keyName: 'u1' });
    expect(await present(`${head}.${body}.${encode('x'.repeat(256))}`)).toBe('invalid_token');
  });
});

describe('a gateway without issuers', () => {
  it('knows no tokens: they are keys that do not exist', async () => {
    expect(await authRig().ask(bearer(tokenRig().token()))).toBe('invalid_api_key');
  });
});

describe('F68: the keys of an issuer', () => {
  /** As many tokens as are asked for, none of them known. */
  function numbered(rig: ReturnType<typeof tokenRig>) {
    let number = 0;
    return () => rig.present(rig.token({ jti: (number += 1) }));
  }

  it('serve through an outage of ten minutes, and no longer', async () => {
    const rig = tokenRig();
    const ask = numbered(rig);
    await ask();
    rig.clock.advance(MINUTE);
    rig.issuer.answer = () => Promise.reject(gatewayError('upstream_connection_error'));
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await ask()).toMatchObject({ kind: 'token' });
      await turn();
      rig.clock.advance(MINUTE);
    }
    expect(await ask()).toMatchObject({ kind: 'token' });
    rig.clock.advance(MINUTE);
    expect(await ask()).toBe('storage_unavailable');
  });

  it('G27: are fetched once in 30 s, whatever 500 tokens a second name', async () => {
    const rig = tokenRig();
    await rig.present(rig.token());
    for (let tick = 0; tick < 60; tick += 1) {
      for (let n = 0; n < 5; n += 1) {
        expect(await rig.present(rig.token({}, { kid: `random-${tick}-${n}` }))).toBe('invalid_token');
      }
      rig.clock.advance(1_000);
    }
    expect(rig.issuer.asked).toBeLessThanOrEqual(3);
  });

  it('are asked for by many at once with one fetch', async () => {
    const rig = tokenRig();
    const ask = numbered(rig);
    expect((await Promise.all(Array.from({ length: 50 }, ask))).every((who) => typeof who === 'object')).toBe(true);
    expect(rig.issuer.asked).toBe(1);
  });

  it('are new once the issuer has new ones', async () => {
    const rig = tokenRig();
    await rig.present(rig.token());
    rig.issuer.answer = () =>
      Promise.resolve({ status: 200, text: JSON.stringify({ keys: [publicJwk(KEYS.other.publicKey, 'new')] }) });
    const rotated = () => forge({ alg: 'RS256', kid: 'new' }, rig.claims(), KEYS.other.privateKey);
    expect(await rig.present(rotated())).toBe('invalid_token');
    rig.clock.advance(30_000);
    expect(await rig.present(rotated())).toMatchObject({ kind: 'token' });
    expect(await rig.present(rig.token({ jti: 'old key' }))).toBe('invalid_token');
  });

  it('do not keep a known key waiting while the issuer hangs', async () => {
    const rig = tokenRig();
    const ask = numbered(rig);
    await ask();
    rig.issuer.answer = () => new Promise(() => undefined);
    rig.clock.advance(2 * MINUTE);
    expect(await ask()).toMatchObject({ kind: 'token' });
    expect(rig.issuer.asked).toBe(2);
    // The one that hangs is given up after 5 s.
    const unknown = rig.present(rig.token({}, { kid: 'unknown' }));
    await turn();
    rig.clock.advance(5_000);
    expect(await unknown).toBe('invalid_token');
  });

  it.each([
    ['a redirect', { status: 302, text: '' }],
    ['an error', { status: 500, text: '{}' }],
    ['1 MB', { status: 200, text: JSON.stringify({ keys: [], note: 'n'.repeat(1_000_000) }) }],
    ['no JSON', { status: 200, text: '<html>' }],
    ['no keys', { status: 200, text: '{"keys":[]}' }],
    ['something else', { status: 200, text: '{"error":"x"}' }],
  ])('stay what they were when the issuer answers with %s', async (_, answer) => {
    const rig = tokenRig();
    const ask = numbered(rig);
    await ask();
    rig.issuer.answer = () => Promise.resolve(answer);
    rig.clock.advance(2 * MINUTE);
    await ask();
    await turn();
    expect(await ask()).toMatchObject({ kind: 'token' });
  });

  it('that cannot be had at all are no fault of the caller', async () => {
    const rig = tokenRig();
    rig.issuer.answer = () => Promise.reject(gatewayError('upstream_connection_error'));
    expect(await rig.present(rig.token())).toBe('storage_unavailable');
  });
});

describe('keys of the file', () => {
  it('are refused when they are private, no keys, or easy to guess', () => {
    const pem = KEYS.rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    expect(() => toPublicKey(pem)).toThrow(/private key/);
    expect(() => toPublicKey('-----BEGIN PUBLIC KEY-----')).toThrow(/no public key/);
    expect(() => toSecret('x'.repeat(31))).toThrow(/32 bytes/);
  });
});
