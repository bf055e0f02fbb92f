import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@sluice/contract';
import { bearer } from './__fixtures__/auth-rig.js';
import {
  HMAC_SECRET,
  ISSUER,
  KEYS,
  OTHER_ISSUER,
  encode,
  forge,
  publicJwk,
  tokenRig,
  without,
} from './__fixtures__/token-rig.js';

type Rig = ReturnType<typeof tokenRig>;
type Make = (rig: Rig) => string;
type Row = readonly [name: string, make: Make, expected?: string];

const { rsa, ec, attacker, other } = KEYS;
const RSA = { alg: 'RS256', kid: 'rsa' };
const rsaPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;

/** A token whose header is changed and whose signature is that of the right key. */
const header =
  (change: JsonObject | string): Make =>
  ({ claims }) =>
    forge(typeof change === 'string' ? change : { ...RSA, ...change }, claims(), rsa.privateKey);
const by =
  (key: keyof typeof KEYS, change: JsonObject = {}): Make =>
  ({ claims }) =>
    forge({ ...RSA, ...change }, claims(), KEYS[key].privateKey);
const claims =
  (change: (rig: Rig) => JsonObject): Make =>
  (rig) =>
    rig.token(change(rig));
/** The payload as text, in the place of `"sub":"u1"`. */
const text =
  (from: string, to: (rig: Rig) => string): Make =>
  (rig) =>
    forge(RSA, JSON.stringify(rig.claims()).replace(from, to(rig)), rsa.privateKey);
const parts =
  (change: (parts: [string, string, string], rig: Rig) => readonly string[]): Make =>
  (rig) =>
    change(rig.token().split('.') as [string, string, string], rig).join('.');
const unsigned = (alg: unknown): Row => [
  `alg ${JSON.stringify(alg)}`,
  ({ claims: all }) => `${encode({ alg, typ: 'JWT' })}.${encode(all())}.`,
];

function malleated(signature: string): string {
  // 256 bytes leave unused bits in their last character: another one stands for the same bytes.
  const last = signature.at(-1) ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1];
}

const NO_ALGORITHMS = [
  ['B-01', 'none'],
  ['B-02', 'None'],
  ['B-03', 'NONE'],
  ['B-04', 'nOnE'],
  ['B-05', ''],
  ['B-06', null],
  ['B-07', ['RS256']],
] as const;
const HEADERS: readonly Row[] = [
  ...NO_ALGORITHMS.map(([id, alg]) => {
    const [name, make] = unsigned(alg);
    return [`${id} ${name}`, make] as const;
  }),
  ['B-08 no alg', ({ claims: all }) => `${encode({ typ: 'JWT' })}.${encode(all())}.`],
  ['B-09 none with an old signature', parts(([, body, sig]) => [encode({ alg: 'none' }), body, sig])],
  ['B-10 HS256 with the public key as its secret', ({ claims: all }) => forge({ alg: 'HS256' }, all(), rsaPem)],
  ['B-16 RS512 by the right key', by('rsa', { alg: 'RS512' })],
  ['B-16 PS256 by the right key', by('rsa', { alg: 'PS256' })],
  [
    'B-17 ES256 with r and s of zero',
    ({ claims: all }) => `${encode({ alg: 'ES256', kid: 'ec' })}.${encode(all())}.${'A'.repeat(86)}`,
  ],
  ['B-19 the key in the token', by('attacker', { jwk: publicJwk(attacker.publicKey, 'rsa') })],
  ['B-19 the right key in the token', header({ jwk: publicJwk(rsa.publicKey, 'rsa') })],
  ['B-20 jku', header({ jku: 'http://127.0.0.1:9/jwks' })],
  ['B-24 x5u', header({ x5u: 'http://127.0.0.1:9/cert' })],
  ['B-25 x5c', by('attacker', { x5c: ['MIIB'] })],
  ['B-27 SQL in kid', by('attacker', { kid: "' UNION SELECT 'k' --" })],
  ['B-28 a command in kid', by('attacker', { kid: 'rsa|id' })],
  ['B-30 a number as kid', header({ kid: 1 })],
  ['B-30 a list as kid', header({ kid: ['rsa'] })],
  ['B-30 10 KB of kid', header({ kid: 'k'.repeat(10_240) })],
  ['B-30 300 characters of kid', header({ kid: 'k'.repeat(300) })],
  ["B-31 another issuer's key", by('other', { kid: 'other' })],
  ['B-33 b64: false', header({ b64: false, crit: ['b64'] })],
  ['B-33 crit', header({ crit: ['exp'] })],
  ['typ dpop+jwt', header({ typ: 'dpop+jwt' })],
  ['typ that is no text', header({ typ: ['JWT'] })],
  ['a header with alg twice', header('{"alg":"none","alg":"RS256","kid":"rsa"}')],
];

const SHAPES: readonly Row[] = [
  ['B-34 another payload', parts(([head, , sig], rig) => [head, encode(rig.claims({ sub: 'admin' })), sig])],
  ['B-41 padded base64', parts(([head, body, sig]) => [head, body, `${sig}==`])],
  ['B-42 the standard alphabet', parts(([head, body]) => [head, body, '+/'.repeat(171)])],
  ['B-43 another last character', parts(([head, body, sig]) => [head, body, malleated(sig)])],
  ['B-44 a space inside', parts(([head, body, sig]) => [head, ` ${body}`, sig])],
  ['B-44 a line break inside', parts(([head, body, sig]) => [head, `${body}\n`, sig])],
  ['two parts', parts(([head, body]) => [head, body])],
  ['four parts', parts(([head, body, sig]) => [head, body, sig, sig])],
  ['five parts, as if encrypted', parts(([head, body, sig]) => [head, body, sig, sig, sig])],
  ['an empty signature', parts(([head, body]) => [head, body, ''])],
  ['100 KB', claims(() => ({ note: 'n'.repeat(100_000) }))],
  ['8 KB and a bit', claims(() => ({ note: 'n'.repeat(6_000) }))],
  ['a payload that is a list', ({ nowSeconds }) => forge(RSA, `[${nowSeconds()}]`, rsa.privateKey)],
  ['a payload that is no JSON', () => forge(RSA, '{', rsa.privateKey)],
];

const DAY = 86_400;
const CLAIMS: readonly Row[] = [
  [
    'B-45 exp 61 s ago',
    claims(({ nowSeconds }) => ({ exp: nowSeconds() - 61, iat: nowSeconds() - 600 })),
    'expired_token',
  ],
  [
    'B-45 exp 5 s ago',
    claims(({ nowSeconds }) => ({ exp: nowSeconds() - 5, iat: nowSeconds() - 600 })),
    'expired_token',
  ],
  ['B-46 no exp', ({ claims: all }) => forge(RSA, without(all(), 'exp'), rsa.privateKey)],
  ['B-46 exp as text', claims(({ nowSeconds }) => ({ exp: String(nowSeconds() + 600) }))],
  ['B-46 exp below zero', claims(() => ({ exp: -1 }))],
  ['B-46 exp null', claims(() => ({ exp: null }))],
  ['B-46 exp 1e400', (rig) => text(`"exp":${rig.nowSeconds() + 600}`, () => '"exp":1e400')(rig)],
  [
    'B-46 exp with more digits than a number keeps',
    (rig) =>
      text(`"exp":${rig.nowSeconds() + 600}`, ({ nowSeconds }) => `"exp":${nowSeconds() + 600}.00000000000000001`)(rig),
  ],
  ['iat 1e400', text('"sub":"u1"', () => '"sub":"u1","iat":1e400')],
  ['a tenant that no number keeps', text('"sub":"u1"', () => '"sub":"u1","org":12345678901234567890')],
  ['B-51 lists in each other', text('"sub":"u1"', () => `"sub":"u1","a":${'['.repeat(65)}${']'.repeat(65)}`)],
  ['B-46 exp in 400 days', claims(({ nowSeconds }) => ({ exp: nowSeconds() + 400 * DAY }))],
  ['a lifetime of more than a day', claims(({ nowSeconds }) => ({ iat: nowSeconds() - DAY, exp: nowSeconds() + 60 }))],
  ['B-47 nbf in an hour', claims(({ nowSeconds }) => ({ nbf: nowSeconds() + 3_600 }))],
  ['B-47 iat in an hour', claims(({ nowSeconds }) => ({ iat: nowSeconds() + 3_600, exp: nowSeconds() + 7_200 }))],
  ['B-47 iat in 6 s', claims(({ nowSeconds }) => ({ iat: nowSeconds() + 6 }))],
  ['B-47 iat as text', claims(({ nowSeconds }) => ({ iat: String(nowSeconds()) }))],
  ['nbf as text', claims(({ nowSeconds }) => ({ nbf: String(nowSeconds()) }))],
  ['B-51 sub twice', text('"sub":"u1"', () => '"sub":"admin","sub":"u1"')],
  ['B-51 sub twice, once in escapes', text('"sub":"u1"', () => '"s\\u0075b":"admin","sub":"u1"')],
  ['B-51 a name twice further in', text('"sub":"u1"', () => '"sub":"u1","a":[{"b":{"c":1,"c":2}}]')],
  ...['iss', 'aud', 'sub'].map((name): Row => [
    `no ${name}`,
    ({ claims: all }) => forge(RSA, without(all(), name), rsa.privateKey),
  ]),
  ['an empty sub', claims(() => ({ sub: '' }))],
  ['a sub that is no text', claims(() => ({ sub: 1 }))],
  ['a sub with a line break', claims(() => ({ sub: 'u1\nadmin' }))],
  ['another audience', claims(() => ({ aud: 'other' }))],
  ['other audiences', claims(() => ({ aud: ['other', 'sluice2'] }))],
  ['an issuer that nobody named', claims(() => ({ iss: 'https://evil.example.com' }))],
  ['the issuer with a slash', claims(() => ({ iss: `${ISSUER}/` }))],
  ['an issuer from the prototype', claims(() => ({ iss: '__proto__' }))],
  ["another issuer's name", claims(() => ({ iss: OTHER_ISSUER }))],
  ['a tenant that is no id', claims(() => ({ org: '../default' }))],
  ['a tenant that is a list', claims(() => ({ org: ['acme'] }))],
];

/** The second issuer has a key of its own. */
function world(): Rig {
  return tokenRig({
    settings: { tenantClaim: 'org' },
    others: [{ issuer: OTHER_ISSUER, audience: 'sluice', publicKey: { file: 'other' } }],
  });
}

describe.each<{ readonly what: string; readonly rows: readonly Row[] }>([
  { what: 'its header', rows: HEADERS },
  { what: 'its shape', rows: SHAPES },
  { what: 'its claims', rows: CLAIMS },
])('a bad token is refused for $what', ({ rows }) => {
  it.each(rows.map(([name, make, expected = 'invalid_token']) => ({ name, make, expected })))(
    '$name',
    async ({ make, expected }) => {
      const rig = world();
      expect(await rig.present(make(rig))).toBe(expected);
      // The keys of the issuer, and nothing that the token names.
      expect(rig.issuer.asked).toBeLessThanOrEqual(1);
    },
  );
});

describe('a good token is accepted', () => {
  it.each<readonly [string, Make]>([
    ['as it is usually made', ({ token }) => token()],
    ['B-45 exp 4 s ago', claims(({ nowSeconds }) => ({ exp: nowSeconds() - 4, iat: nowSeconds() - 600 }))],
    ['B-46 exp with a fraction', claims(({ nowSeconds }) => ({ exp: nowSeconds() + 60.5 }))],
    ['iat in 5 s', claims(({ nowSeconds }) => ({ iat: nowSeconds() + 5 }))],
    ['a lifetime of a day', claims(({ nowSeconds }) => ({ iat: nowSeconds(), exp: nowSeconds() + DAY }))],
    ['several audiences', claims(() => ({ aud: ['other', 'sluice'] }))],
    ['no iat', ({ claims: all }) => forge(RSA, without(all(), 'iat'), rsa.privateKey)],
    ['typ JWT', header({ typ: 'JWT' })],
    ['typ at+jwt', header({ typ: 'at+jwt' })],
    ['ES256', ({ claims: all }) => forge({ alg: 'ES256', kid: 'ec' }, all(), ec.privateKey)],
    ['no kid', ({ claims: all }) => forge({ alg: 'RS256' }, all(), rsa.privateKey)],
    ['names that two objects share', claims(() => ({ a: { sub: 1 }, b: [{ sub: 1 }, { sub: '{"sub":1,"sub":2}' }] }))],
  ])('%s', async (_, make) => {
    const rig = world();
    expect(await rig.present(make(rig))).toMatchObject({ kind: 'token', keyName: 'u1', tenant: 'default' });
  });

  it('of an issuer with a public key of its own', async () => {
    const rig = world();
    const good = forge({ alg: 'RS256' }, rig.claims({ iss: OTHER_ISSUER }), other.privateKey);
    expect(await rig.present(good)).toMatchObject({ kind: 'token' });
    expect(rig.issuer.asked).toBe(0);
  });

  it('of an issuer that shares a secret, by HS256 and nothing else', async () => {
    const rig = tokenRig({ settings: { secret: { env: 'JWT_SECRET' } } });
    expect(await rig.present(forge({ alg: 'HS256' }, rig.claims(), HMAC_SECRET))).toMatchObject({ kind: 'token' });
    expect(await rig.present(forge({ alg: 'RS256' }, rig.claims(), rsa.privateKey))).toBe('invalid_token');
  });

  it('that names no key, of an issuer that has several of its kind', async () => {
    const keys = [publicJwk(other.publicKey, 'a'), publicJwk(rsa.publicKey, 'b')];
    const rig = tokenRig({ keys });
    expect(await rig.present(forge({ alg: 'RS256' }, rig.claims(), rsa.privateKey))).toMatchObject({ kind: 'token' });
    expect(await rig.present(forge({ alg: 'RS256' }, rig.claims(), attacker.privateKey))).toBe('invalid_token');
  });
});

it('every character of a token counts', async () => {
  const rig = world();
  const good = forge({ alg: 'ES256', kid: 'ec' }, rig.claims(), ec.privateKey);
  const accepted: number[] = [];
  for (let at = 0; at < good.length; at += 1) {
    const other = good[at] === 'A' ? 'B' : 'A';
    const verdict = await rig.present(good.slice(0, at) + other + good.slice(at + 1));
    // Where its beginning is another one, nobody meant a token.
    if (verdict !== 'invalid_token' && !(at < 2 && verdict === 'invalid_api_key')) accepted.push(at);
  }
  expect(accepted).toEqual([]);
  expect(await rig.present(good)).toMatchObject({ keyName: 'u1' });
});

describe('a refusal', () => {
  it('says nothing of what the token claims', async () => {
    const rig = world();
    const token = rig.token({ sub: 'canary-of-the-subject', aud: 'canary-of-the-audience' });
    const refused: unknown = await rig.from({ headers: bearer(token) }).catch((error: unknown) => error);
    expect(inspect(refused, { depth: Infinity, showHidden: true })).not.toContain('canary');
  });
});
