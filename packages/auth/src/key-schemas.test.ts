import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { authRig } from './__fixtures__/auth-rig.js';
import { ADMIN, authSettings, createKeyInput, createdKeyView, keyView, toKeyView } from './index.js';

describe('the input of a key', () => {
  it.each<[string, unknown]>([
    ['a name alone', { name: 'ci' }],
    [
      'every field',
      {
        name: 'ci für alle',
        models: ['fast', 'openai/*'],
        limits: { requestsPerMinute: 0, concurrent: 3 },
        expiresAt: '2999-12-31T23:59:59.5+01:00',
        metadata: { team: 'search' },
      },
    ],
  ])('may be %s', (_, input) => {
    expect(createKeyInput.parse(input)).toEqual(input);
  });

  it.each<[string, unknown, (string | number)[]]>([
    ['no name', {}, ['name']],
    ['an empty name', { name: '' }, ['name']],
    ['a name of 101 characters', { name: 'n'.repeat(101) }, ['name']],
    ['a name with a line break', { name: 'a\nb' }, ['name']],
    ['a name with a C1 control character', { name: 'a\u0085b' }, ['name']],
    ['an unknown field', { name: 'ci', admin: true }, []],
    ['limits and a profile', { name: 'ci', limits: {}, profile: 'small' }, ['profile']],
    ['an empty model', { name: 'ci', models: [''] }, ['models', 0]],
    ['a model of 201 characters', { name: 'ci', models: ['m'.repeat(201)] }, ['models', 0]],
    ['a negative limit', { name: 'ci', limits: { concurrent: -1 } }, ['limits', 'concurrent']],
    ['a broken limit', { name: 'ci', limits: { requestsPerMinute: 1.5 } }, ['limits', 'requestsPerMinute']],
    ['an unknown limit', { name: 'ci', limits: { tokens: 1 } }, ['limits']],
    ['a date without a time', { name: 'ci', expiresAt: '2999-01-01' }, ['expiresAt']],
    ['a time without an offset', { name: 'ci', expiresAt: '2999-01-01T00:00:00' }, ['expiresAt']],
    ['metadata that is not text', { name: 'ci', metadata: { n: 1 } }, ['metadata', 'n']],
    ['a value of 513 characters', { name: 'ci', metadata: { n: 'v'.repeat(513) } }, ['metadata', 'n']],
    ['17 keys of metadata', { name: 'ci', metadata: keysOf(17) }, ['metadata']],
    ['a field that is null', { name: 'ci', profile: null }, ['profile']],
  ])('must not have %s', (_, input, path) => {
    expect(createKeyInput.safeParse(input).error?.issues.map((issue) => issue.path)).toEqual([path]);
  });

  it('may have 16 keys of metadata', () => {
    expect(createKeyInput.safeParse({ name: 'ci', metadata: keysOf(16) }).success).toBe(true);
  });

  it('describes every field', () => {
    const { properties = {} } = z.toJSONSchema(createKeyInput);
    expect(Object.values(properties).map((field) => typeof field === 'object' && typeof field.description)).toEqual(
      Object.keys(properties).map(() => 'string'),
    );
  });
});

describe('the view of a key', () => {
  it('shows times in ISO 8601 and keeps the hash back', () => {
    const { admin, keys, clock } = authRig();
    const { record } = admin.create({ name: 'ci', models: ['fast'], expiresAt: '2999-01-01T00:00:00Z' }, ADMIN);
    admin.revoke(record.id, ADMIN);
    expect(toKeyView(keys.find(record.id)!)).toStrictEqual({
      id: record.id,
      name: 'ci',
      last4: record.last4,
      org: 'default',
      role: 'caller',
      createdAt: new Date(clock.now()).toISOString(),
      expiresAt: '2999-01-01T00:00:00.000Z',
      revokedAt: new Date(clock.now()).toISOString(),
      models: ['fast'],
    });
  });

  it('is what its schema says, with the key when it was just made', () => {
    const input = { name: 'ci', profile: 'small', metadata: { team: 'search' } };
    const { record, key } = authRig().admin.create(input, ADMIN);
    const view = toKeyView(record);
    expect(keyView.parse(view)).toEqual(view);
    expect(createdKeyView.parse({ ...view, key })).toEqual({ ...view, key });
  });
});

describe('the auth block of the file', () => {
  it('has a default for everything', () => {
    expect(authSettings.parse({})).toEqual({
      keys: { prefix: 'sk-sluice-' },
      jwt: [],
      oidc: [],
      sessions: { ttl: 43_200_000, secureCookies: true },
      failures: { limit: 100, window: 60_000 },
      adminKeyOnDataPlane: true,
    });
  });

  it.each([
    ['an unknown field', { jwtt: [] }],
    ['an issuer without keys', { jwt: [{ issuer: 'a', audience: 'b' }] }],
    ['an issuer with two kinds of keys', { jwt: [{ ...ISSUER, secret: { env: 'S' } }] }],
    ['a secret and algorithms', { jwt: [{ issuer: 'a', audience: 'b', secret: { env: 'S' }, algorithms: ['RS256'] }] }],
    ['an algorithm that is none', { jwt: [{ ...ISSUER, algorithms: ['none'] }] }],
    ['an algorithm of secrets beside a public key', { jwt: [{ ...ISSUER, algorithms: ['HS256'] }] }],
    ['one issuer twice', { jwt: [ISSUER, ISSUER] }],
    ['keys behind another scheme', { jwt: [{ ...ISSUER, jwksUrl: 'file:///etc/jwks' }] }],
    ['a role that is none', { jwt: [{ ...ISSUER, roles: { x: 'root' } }] }],
    ['an unknown field under keys', { keys: { length: 3 } }],
    ['an empty prefix', { keys: { prefix: '' } }],
    ['a prefix with a space', { keys: { prefix: 'sk acme' } }],
  ])('refuses %s', (_, settings) => {
    expect(authSettings.safeParse(settings).success).toBe(false);
  });
});

const ISSUER = { issuer: 'a', audience: 'b', jwksUrl: 'https://id.example.com/jwks' };

function keysOf(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, 'value']));
}
