import { describe, expect, it } from 'vitest';
import type { IncomingHeaders } from '@sluice/contract';
import { PEPPER, authRig, bearer } from './__fixtures__/auth-rig.js';
import type { Verdict } from './__fixtures__/auth-rig.js';
import { createKey, hashKey } from './index.js';

const GOOD = createKey('sk-sluice-', (count) => Buffer.alloc(count, 'k'));
const LAST_CHANGED = `${GOOD.slice(0, -1)}${GOOD.endsWith('A') ? 'B' : 'A'}`;

const NOBODY = { tenant: 'default', role: 'caller' } as const;
const GOOD_ID = 'key_goodgoodgoodgood';

/** Asks with the good key in the store. */
function ask(headers: IncomingHeaders): Promise<Verdict> {
  const rig = authRig();
  rig.keys.insert({ id: GOOD_ID, name: 'good', hash: hashKey(GOOD, PEPPER), last4: 'a2tr', createdAtMs: 1, ...NOBODY });
  rig.auth.refresh();
  return rig.ask(headers);
}

describe('a request without a credential is refused with missing_api_key', () => {
  it.each<[string, IncomingHeaders]>([
    ['A-01 no header', {}],
    ['A-02 an empty Authorization', { authorization: '' }],
    ['A-04 Bearer and spaces', { authorization: 'Bearer   ' }],
    ['A-05, A-07 a key anywhere but in a header', { host: '127.0.0.1', 'content-type': 'application/json' }],
  ])('%s', async (_, headers) => {
    expect(await ask(headers)).toBe('missing_api_key');
  });
});

describe('a bad credential is refused with invalid_api_key', () => {
  it.each<[string, IncomingHeaders]>([
    ['A-08 an unknown key', bearer(createKey('sk-sluice-'))],
    ['A-09 the last character changed', bearer(LAST_CHANGED)],
    ['A-11 a tab inside', bearer(`${GOOD.slice(0, 20)}\t${GOOD.slice(20)}`)],
    ['A-12 upper-cased', bearer(GOOD.toUpperCase())],
    ['A-14 the scheme twice', bearer(`Bearer ${GOOD}`)],
    ['A-15 the scheme Token', { authorization: `Token ${GOOD}` }],
    ['A-17 a different x-api-key beside it', { ...bearer(GOOD), 'x-api-key': 'sk-sluice-other' }],
    ['A-18 10 KB', bearer('k'.repeat(10_240))],
    ['A-20 a SQL tautology', bearer(`' OR '1'='1`)],
    ['A-21 a SQL statement', bearer(`'; DROP TABLE keys;--`)],
    ['A-23 a SQL delay', bearer(`' OR (SELECT pg_sleep(8)) IS NOT NULL--`)],
    ['A-24 a query operator', bearer('{"$gt":""}')],
    ['A-26 __proto__', bearer('__proto__')],
    ['A-26 constructor', bearer('constructor')],
    ['A-26 toString', { 'x-api-key': 'toString' }],
    ['A-27 a command of another protocol', bearer('%0d%0aSET%20x%201%0d%0a')],
    ['A-29 the id of a good key', bearer(GOOD_ID)],
    ['A-30 the scheme Digest', { authorization: `Digest username="${GOOD}"` }],
    ['A-30 the scheme AWS4-HMAC-SHA256', { authorization: `AWS4-HMAC-SHA256 Credential=${GOOD}` }],
    ['A-30 the scheme DPoP', { authorization: `DPoP ${GOOD}` }],
  ])('%s', async (_, headers) => {
    expect(await ask(headers)).toBe('invalid_api_key');
  });
});

describe('a good credential is accepted', () => {
  it.each<[string, IncomingHeaders]>([
    ['as it is usually written', bearer(GOOD)],
    ['with a lower-case scheme', { authorization: `bearer ${GOOD}` }],
    ['with an upper-case scheme', { authorization: `BEARER ${GOOD}` }],
    ['with two spaces', { authorization: `Bearer  ${GOOD}` }],
  ])('%s', async (_, headers) => {
    expect(await ask(headers)).toMatchObject({ kind: 'key', keyId: GOOD_ID });
  });
});
