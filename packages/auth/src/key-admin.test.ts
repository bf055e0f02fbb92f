import { describe, expect, it, vi } from 'vitest';
import { createManualClock } from '@sluice/testkit';
import { PEPPER, authRig } from './__fixtures__/auth-rig.js';
import { ADMIN, createKeyAdmin, hashKey } from './index.js';

describe('making a key', () => {
  it('stores its keyed hash, its last characters and what was asked for', () => {
    const { admin, keys, clock } = authRig();
    const { key, record } = admin.create({ name: 'ci', profile: 'small', metadata: { team: 'search' } }, ADMIN);
    expect(keys.find(record.id)).toStrictEqual({
      id: record.id,
      name: 'ci',
      hash: hashKey(key, PEPPER),
      last4: key.slice(-4),
      createdAtMs: clock.now(),
      tenant: 'default',
      role: 'caller',
      profile: 'small',
      metadata: { team: 'search' },
    });
  });

  it('refuses a profile that does not exist', () => {
    const make = () => authRig().admin.create({ name: 'ci', profile: 'toString' }, ADMIN);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param: 'profile' } }));
  });

  it('names it with key_ and 16 url-safe characters', () => {
    expect(authRig().admin.create({ name: 'ci' }, ADMIN).record.id).toMatch(/^key_[A-Za-z0-9_-]{16}$/);
  });

  it('uses the prefix it was given', () => {
    const { keys, tenancy, clock } = authRig();
    const admin = createKeyAdmin({ keys, tenancy, clock, pepper: PEPPER, prefix: 'acme_' });
    expect(admin.create({ name: 'ci' }, ADMIN).key).toMatch(/^acme_/);
  });

  it('takes a time with an offset', () => {
    const { record } = authRig().admin.create({ name: 'ci', expiresAt: '2999-01-01T02:00:00+02:00' }, ADMIN);
    expect(record.expiresAtMs).toBe(Date.parse('2999-01-01T00:00:00Z'));
  });

  it('refuses a time that is over, and stores nothing', () => {
    const { admin, clock } = authRig();
    const expiresAt = new Date(clock.now()).toISOString();
    const refusal: unknown = expect.objectContaining({ code: 'invalid_value', details: { param: 'expiresAt' } });
    expect(() => admin.create({ name: 'ci', expiresAt }, ADMIN)).toThrow(refusal);
    expect(admin.list(ADMIN)).toEqual([]);
  });
});

describe('rotating a key', () => {
  it('lets ten earlier secrets work at once and no eleventh, until the first has ended or all are ended', async () => {
    const { admin, ask, clock } = authRig();
    const { record, key } = admin.create({ name: 'ci' }, ADMIN);
    const secrets = [key];
    const rotate = (grace: number): void => {
      secrets.push(admin.rotate(record.id, { grace }, ADMIN)?.key ?? '');
      clock.advance(60_000);
    };
    const accepted = async (): Promise<number> => {
      const verdicts = await Promise.all(secrets.map((secret) => ask({ authorization: `Bearer ${secret}` })));
      return verdicts.filter((verdict) => typeof verdict !== 'string').length;
    };
    for (let made = 0; made < 10; made += 1) rotate(3_600_000);
    expect(await accepted()).toBe(11);

    const first = new Date(clock.now() + 50 * 60_000).toISOString();
    expect(() => rotate(3_600_000)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'grace' } }),
    );
    expect(() => rotate(1_000)).toThrow(`the first ends at ${first}. Wait until then, or rotate with a grace of 0s`);
    expect(await accepted()).toBe(11);

    clock.advance(50 * 60_000);
    rotate(3_600_000);
    expect(await accepted()).toBe(10);
    expect(() => rotate(3_600_000)).not.toThrow();
    rotate(0);
    expect(await accepted()).toBe(1);
  });
});

describe('revoking a key', () => {
  it('notes when it happened', () => {
    const { admin, keys, clock } = authRig();
    const { record } = admin.create({ name: 'ci' }, ADMIN);
    clock.advance(5_000);
    expect(admin.revoke(record.id, ADMIN)).toBe(true);
    expect(keys.find(record.id)?.revokedAtMs).toBe(clock.now());
  });

  it('keeps the key in the list', () => {
    const { admin } = authRig();
    const { record } = admin.create({ name: 'ci' }, ADMIN);
    admin.revoke(record.id, ADMIN);
    expect(admin.list(ADMIN).map((key) => key.id)).toEqual([record.id]);
  });

  it('says when there is no such key', () => {
    expect(authRig().admin.revoke('key_unknown', ADMIN)).toBe(false);
  });
});

it('tells its process of every change, and only of changes', () => {
  const onChange = vi.fn();
  const { keys, tenancy } = authRig();
  const admin = createKeyAdmin({ keys, tenancy, clock: createManualClock(), pepper: PEPPER, prefix: 'sk-', onChange });
  admin.revoke('key_unknown', ADMIN);
  admin.revoke(admin.create({ name: 'ci' }, ADMIN).record.id, ADMIN);
  expect(onChange).toHaveBeenCalledTimes(2);
});
