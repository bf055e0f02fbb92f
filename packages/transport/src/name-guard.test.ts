import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { fakeUpstream, reply } from '@sluice/testkit';
import { codeOf, openTransport, post, text } from './__fixtures__/sending.js';
import { createNameGuard } from './name-guard.js';

type Found = readonly string[] | Error;

/** A resolver that says these one after the other, the last one again and again. */
function resolver(...answers: readonly [Found, ...Found[]]) {
  let asked = 0;
  return createNameGuard((_name, _options, callback) => {
    const found = answers[Math.min(asked, answers.length - 1)] as Found;
    asked += 1;
    if (found instanceof Error) return callback(found, []);
    callback(
      null,
      found.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });
}

/** What came of that many look-ups of one name. */
async function ask({ lookup }: ReturnType<typeof resolver>, times: number): Promise<readonly string[]> {
  const told: string[] = [];
  for (let i = 0; i < times; i += 1)
    told.push(
      await new Promise((resolve) => {
        lookup('up.test', { all: true }, (error, addresses) =>
          resolve(error ? error.message : (addresses as readonly LookupAddress[]).map(({ address }) => address).join()),
        );
      }),
    );
  return told;
}

const MOVED = "The provider's name leads to this machine, which it did not before.";

describe('a name', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::7f00:1',
    'fe80::1',
  ])('F-58 F-59: that was elsewhere does not lead to %s later', async (here) => {
    expect(await ask(resolver(['192.0.2.1'], [here], ['192.0.2.2', here]), 3)).toEqual(['192.0.2.1', MOVED, MOVED]);
  });

  it('may lead here from the start, and elsewhere, and to other places elsewhere', async () => {
    expect(await ask(resolver(['127.0.0.1'], ['127.0.0.2'], ['192.0.2.1'], ['10.0.0.1']), 4)).toEqual([
      '127.0.0.1',
      '127.0.0.2',
      '192.0.2.1',
      '10.0.0.1',
    ]);
  });

  it('may lead anywhere again once it was forgotten', async () => {
    const guard = resolver(['192.0.2.1'], ['127.0.0.1']);
    await ask(guard, 1);
    guard.forget('up.test');
    expect(await ask(guard, 1)).toEqual(['127.0.0.1']);
  });

  it('without an address is unknown', async () => {
    expect(await ask(resolver([]), 1)).toEqual(['No address for up.test']);
  });

  it('that cannot be looked up says why', async () => {
    expect(await ask(resolver(new Error('SERVFAIL')), 1)).toEqual(['SERVFAIL']);
  });
});

describe('a provider whose name is bound anew (F17)', () => {
  it('gets no connection at the new address on this machine', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    const { lookup } = resolver(['192.0.2.1'], ['127.0.0.1']);
    await using transport = openTransport({ lookup });
    const at = { url: `http://up.test:${upstream.port}` };
    const given = new AbortController();
    const first = codeOf(post(transport, at, { signal: given.signal }));
    given.abort();
    await first;
    const again = post(transport, at).catch((cause: { code: string; cause: { code: string } }) => [
      cause.code,
      cause.cause.code,
    ]);
    expect([await again, upstream.acceptedConnections]).toEqual([['upstream_connection_error', 'unsafe_url'], 0]);
  });

  it.for<readonly [string, Found]>([
    ['does not exist', Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' })],
    ['cannot be looked up', Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' })],
    ['has no address', []],
  ])('cannot be reached where it %s', async ([, found]) => {
    await using transport = openTransport({ lookup: resolver(found).lookup });
    expect(await codeOf(post(transport, { url: 'http://up.test' }))).toBe('upstream_connection_error');
  });

  it('is reached where it leads here from the start', async () => {
    await using upstream = await fakeUpstream(reply().body('ok'));
    await using transport = openTransport({ lookup: resolver(['127.0.0.1']).lookup });
    expect(await text(await post(transport, { url: `http://up.test:${upstream.port}` }))).toBe('ok');
  });
});
