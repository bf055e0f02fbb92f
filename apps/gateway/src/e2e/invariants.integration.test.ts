import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import type { AssertionError } from 'node:assert';
import { startGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import type { Watched } from './__fixtures__/invariants.js';
import { saying } from './__fixtures__/upstream-set.js';

const NONCE = 'nonce-0123456789ab';

/** What the check says of a gateway that served one request, if `spoil` changes what it sees. */
async function verdictOn(spoil: (watched: Watched) => Partial<Watched>): Promise<string> {
  await using upstream = await fakeUpstream(reply().json({ data: [] }), saying('hi'));
  const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } };
  await using gateway = await startGateway({ providers });
  const body = { model: 'up/m', messages: [{ role: 'user', content: NONCE }] };
  const text = await (await gateway.call('/v1/chat/completions', body)).text();
  const watched = { gateway, upstreams: [upstream], answers: [{ nonce: NONCE, text }] };
  return await assertInvariants({ ...watched, ...spoil(watched) }).then(() => 'holds', told);
}

/** What a failed expectation says, with what it found. */
function told(cause: AssertionError): string {
  return `${cause.message} ${JSON.stringify(cause.actual)}`;
}

describe('assertInvariants', () => {
  it('holds after a request that went well', async () => {
    expect(await verdictOn(() => ({}))).toBe('holds');
  });

  it.each<readonly [string, (watched: Watched) => Partial<Watched>, string]>([
    [
      'a call that has no row (I1)',
      ({ gateway }) => ({ gateway: { ...gateway, calls: [{ status: 200, decision: 'lost' }] } }),
      'lost',
    ],
    [
      'a call of a provider that belongs to no row (I1)',
      ({ gateway }) => ({ gateway: { ...gateway, logText: () => '' } }),
      '1 calls of undefined',
    ],
    [
      'more requests taken on than the limit allows (I3)',
      ({ gateway }) => ({
        gateway: { ...gateway, config: { limits: { profiles: { default: { requestsPerMinute: 0 } } } } },
      }),
      'length',
    ],
    [
      'a piece of a key in its log (I4)',
      ({ gateway }) => ({
        gateway: { ...gateway, secrets: ['"upstream-canary'], logText: () => `${gateway.logText()}\n"upstream-can` },
      }),
      'log',
    ],
    [
      'an answer for somebody else (I7)',
      () => ({ answers: [{ nonce: NONCE, text: 'nonce-ba9876543210' }] }),
      'nonce-ba9876543210',
    ],
    ['more tries than one request may take (I8)', () => ({ maxAttempts: 0 }), 'less than or equal to'],
  ])('sees %s', async (_what, spoil, told) => {
    expect(await verdictOn(spoil)).toContain(told);
  });

  it('sees a key in a file of its data (I4)', async () => {
    await using gateway = await startGateway();
    writeFileSync(join(gateway.folder, 'data', 'core'), gateway.key.slice(-14, -1));
    await expect(assertInvariants({ gateway })).rejects.toMatchObject({
      actual: [join(gateway.folder, 'data', 'core')],
    });
  });

  it('sees a connection that a provider still serves (I5)', async () => {
    const busy = { url: 'http://busy', busyConnections: 1, requests: [] } as unknown as FakeUpstream;
    expect(await verdictOn(() => ({ upstreams: [busy], patienceMs: 100 }))).toContain(
      '1 sockets in use at http://busy',
    );
  });
});
