import { describe, expect, it } from 'vitest';
import { gatewayError } from '@sluice/contract';
import type { LimitRules } from '@sluice/contract';
import { ADMIN_KEY, PEPPER, authRig, bearer } from './__fixtures__/auth-rig.js';
import { ADMIN, createKeyAuthenticator } from './index.js';

describe('the principal of a key', () => {
  it('carries what the record says', async () => {
    const { admin, ask } = authRig();
    const { key, record } = admin.create({ name: 'ci', models: ['fast'], limits: { concurrent: 2 } }, ADMIN);
    expect(await ask(bearer(key))).toEqual({
      kind: 'key',
      role: 'caller',
      keyId: record.id,
      keyName: 'ci',
      tenant: 'default',
      models: ['fast'],
      limits: { concurrent: 2 },
    });
  });

  it('may use every model when the record names none', async () => {
    const { admin, ask } = authRig();
    expect(await ask(bearer(admin.create({ name: 'ci' }, ADMIN).key))).not.toHaveProperty('models');
  });

  it('is one frozen object for all requests', async () => {
    const { admin, ask } = authRig();
    const { key } = admin.create({ name: 'ci' }, ADMIN);
    const first = await ask(bearer(key));
    expect(Object.isFrozen(first)).toBe(true);
    expect(await ask({ 'x-api-key': key })).toBe(first);
  });
});

describe('the limits of a key', () => {
  const profiles = { default: { requestsPerMinute: 600 }, small: { requestsPerMinute: 6 } };

  it.each<[string, { limits?: LimitRules; profile?: string }, LimitRules]>([
    ['are its own, whole, when it has any', { limits: { concurrent: 1 } }, { concurrent: 1 }],
    ["are its profile's", { profile: 'small' }, { requestsPerMinute: 6 }],
    ['are those of the profile default when it names none', {}, { requestsPerMinute: 600 }],
    ['allow nothing when its profile is gone', { profile: 'gone' }, { requestsPerMinute: 0 }],
    ['are not found on the prototype', { profile: 'constructor' }, { requestsPerMinute: 0 }],
  ])('%s', async (_, input, limits) => {
    const { admin, ask } = authRig({ profiles });
    const { key } = admin.create({ name: 'ci', ...input }, ADMIN);
    expect(await ask(bearer(key))).toMatchObject({ limits });
  });

  it('do not exist when there is no profile default', async () => {
    const { admin, ask } = authRig({ profiles: { small: { concurrent: 1 } } });
    expect(await ask(bearer(admin.create({ name: 'ci' }, ADMIN).key))).toHaveProperty('limits', {});
  });
});

describe('a key that ended', () => {
  it('is refused with revoked_api_key after its revocation', async () => {
    const { admin, ask } = authRig();
    const { key, record } = admin.create({ name: 'ci' }, ADMIN);
    admin.revoke(record.id, ADMIN);
    expect(await ask(bearer(key))).toBe('revoked_api_key');
  });

  it('is refused with expired_api_key from the moment it expires', async () => {
    const { admin, ask, clock } = authRig();
    const { key } = admin.create({ name: 'ci', expiresAt: new Date(clock.now() + 100).toISOString() }, ADMIN);
    clock.advance(99);
    expect(await ask(bearer(key))).toMatchObject({ keyName: 'ci' });
    clock.advance(1);
    expect(await ask(bearer(key))).toBe('expired_api_key');
  });
});

describe('a change made elsewhere', () => {
  it('counts within 200 ms', async () => {
    const { admin, keys, clock, ask } = authRig();
    const { key, record } = admin.create({ name: 'ci' }, ADMIN);
    keys.revoke(record.id, clock.now());
    clock.advance(199);
    expect(await ask(bearer(key))).toMatchObject({ keyName: 'ci' });
    clock.advance(1);
    expect(await ask(bearer(key))).toBe('revoked_api_key');
  });

  it('is read once, not at every check', async () => {
    const { keys, tenancy, clock } = authRig();
    let reads = 0;
    const counted = { ...keys, list: () => ((reads += 1), keys.list()) };
    const auth = createKeyAuthenticator({
      keys: counted,
      tenancy,
      clock,
      pepper: PEPPER,
      adminKeyOnDataPlane: true,
      profiles: {},
    });
    for (let check = 0; check < 5; check += 1) {
      clock.advance(200);
      await auth.authenticate({ headers: bearer('unknown') }, new AbortController().signal).catch(() => undefined);
    }
    expect(reads).toBe(1);
  });
});

describe('a repository that fails', () => {
  function failingRig() {
    const failing = { now: false };
    const { keys, ...rig } = authRig();
    const version = () => {
      if (failing.now) throw gatewayError('storage_unavailable');
      return keys.version();
    };
    const { key } = rig.admin.create({ name: 'ci' }, ADMIN);
    const options = {
      keys: { ...keys, version },
      tenancy: rig.tenancy,
      clock: rig.clock,
      pepper: PEPPER,
      adminKeyOnDataPlane: true,
    };
    const auth = createKeyAuthenticator({ ...options, profiles: {} });
    const ask = () => auth.authenticate({ headers: bearer(key) }, new AbortController().signal);
    return { ask, failing, clock: rig.clock };
  }

  it('does not keep known keys out for a minute', async () => {
    const { ask, failing, clock } = failingRig();
    failing.now = true;
    clock.advance(60_000);
    await expect(ask()).resolves.toMatchObject({ keyName: 'ci' });
  });

  it('ends in storage_unavailable after a minute', async () => {
    const { ask, failing, clock } = failingRig();
    failing.now = true;
    clock.advance(60_001);
    await expect(ask()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('is forgotten when it answers again', async () => {
    const { ask, failing, clock } = failingRig();
    failing.now = true;
    clock.advance(60_001);
    await ask().catch(() => undefined);
    failing.now = false;
    clock.advance(200);
    await expect(ask()).resolves.toMatchObject({ keyName: 'ci' });
  });
});

describe('a key that is rotated', () => {
  it('works with both secrets during its grace, then with the new one alone', async () => {
    const { admin, ask, clock } = authRig();
    const { key: old, record } = admin.create({ name: 'ci' }, ADMIN);
    const { key } = admin.rotate(record.id, { grace: 60_000 }, ADMIN)!;
    expect(await ask(bearer(old))).toBe(await ask(bearer(key)));
    clock.advance(59_999);
    expect(await ask(bearer(old))).toMatchObject({ keyId: record.id });
    clock.advance(1);
    expect(await ask(bearer(old))).toBe('expired_api_key');
    expect(await ask(bearer(key))).toMatchObject({ keyId: record.id });
  });

  it('ends what it had at once without grace, and with a revocation everything', async () => {
    const { admin, ask } = authRig();
    const { key: first, record } = admin.create({ name: 'ci' }, ADMIN);
    const { key: second } = admin.rotate(record.id, { grace: 0 }, ADMIN)!;
    const { key: third } = admin.rotate(record.id, { grace: 60_000 }, ADMIN)!;
    expect(await ask(bearer(first))).toBe('invalid_api_key');
    admin.revoke(record.id, ADMIN);
    expect([await ask(bearer(second)), await ask(bearer(third))]).toEqual(['revoked_api_key', 'revoked_api_key']);
    expect(admin.rotate(record.id, { grace: 0 }, ADMIN)).toBeUndefined();
  });

  it('is not given to somebody who may less than the key', () => {
    const { admin } = authRig();
    const { record } = admin.create({ name: 'boss', role: 'owner' }, ADMIN);
    const by = { ...ADMIN, kind: 'key', role: 'admin' } as const;
    expect(() => admin.rotate(record.id, { grace: 0 }, by)).toThrow(
      expect.objectContaining({ code: 'route_not_allowed' }),
    );
  });
});

describe('a key that is bound to addresses', () => {
  it.each([
    ['10.1.2.3', 'ci'],
    ['::ffff:10.1.2.3', 'ci'],
    ['2001:db8::7', 'ci'],
    ['11.0.0.1', 'ip_not_allowed'],
    ['2001:db9::7', 'ip_not_allowed'],
    [undefined, 'ip_not_allowed'],
  ])('from %s: %s', async (remoteAddress, expected) => {
    const { admin, auth } = authRig();
    const { key } = admin.create({ name: 'ci', ips: ['10.0.0.0/8', '2001:db8::/32'] }, ADMIN);
    const asked = auth.authenticate({ headers: bearer(key), peer: { remoteAddress } }, new AbortController().signal);
    expect(await asked.then(({ keyName }) => keyName).catch((error: { code: string }) => error.code)).toBe(expected);
  });
});

describe('the admin key', () => {
  it('is a caller without limits', async () => {
    const { ask } = authRig({ profiles: { default: { concurrent: 1 } } });
    expect(await ask(bearer(ADMIN_KEY))).toMatchObject({ kind: 'admin', keyId: 'admin', limits: {} });
  });

  it('does not open the data plane when that is switched off', async () => {
    const { ask } = authRig({ adminKeyOnDataPlane: false });
    expect(await ask(bearer(ADMIN_KEY))).toBe('route_not_allowed');
  });

  it('leaves the data plane to other keys when it is switched off there', async () => {
    const { admin, ask } = authRig({ adminKeyOnDataPlane: false });
    expect(await ask(bearer(admin.create({ name: 'ci' }, ADMIN).key))).toMatchObject({ keyName: 'ci' });
  });

  it('opens the endpoints of operators', async () => {
    const { askAsOperator } = authRig({ adminKeyOnDataPlane: false });
    expect(await askAsOperator(bearer(ADMIN_KEY))).toMatchObject({ kind: 'admin' });
  });

  it('does not exist when none is set', async () => {
    const { clock, keys, tenancy } = authRig();
    const auth = createKeyAuthenticator({
      keys,
      tenancy,
      clock,
      pepper: PEPPER,
      adminKeyOnDataPlane: true,
      profiles: {},
    });
    const asked = auth.authenticate({ headers: bearer(ADMIN_KEY) }, new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ code: 'invalid_api_key' });
  });
});

describe('the endpoints of operators', () => {
  it('refuse a good key of a caller with route_not_allowed', async () => {
    const { admin, askAsOperator } = authRig();
    expect(await askAsOperator(bearer(admin.create({ name: 'ci' }, ADMIN).key))).toBe('route_not_allowed');
  });

  it('refuse a request without a credential with missing_api_key', async () => {
    expect(await authRig().askAsOperator({})).toBe('missing_api_key');
  });

  it('refuse an unknown key with invalid_api_key', async () => {
    expect(await authRig().askAsOperator(bearer('unknown'))).toBe('invalid_api_key');
  });
});

it('keeps two keys apart that are asked for at the same time', async () => {
  const { admin, ask } = authRig();
  const created = ['a', 'b'].map((name) => admin.create({ name }, ADMIN));
  const asked = Array.from({ length: 200 }, (_, n) => ask(bearer(created[n % 2]!.key)));
  const names = (await Promise.all(asked)).map((principal) => typeof principal === 'object' && principal.keyName);
  expect(names).toEqual(Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 'a' : 'b')));
});
