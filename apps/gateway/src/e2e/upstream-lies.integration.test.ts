import { gzipSync } from 'node:zlib';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_STREAM } from './__fixtures__/frames.js';
import { answerOf, saying, upstreamSet } from './__fixtures__/upstream-set.js';
import type { UpstreamSet } from './__fixtures__/upstream-set.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const BOUND_MS = 50;
const ONCE = { retries: { max: 1, sameTarget: 0 } };
const upstreamOf = (set: UpstreamSet, name: string): FakeUpstream => set.upstreams[name] as FakeUpstream;

async function outcomeOf(answer: Response): Promise<readonly unknown[]> {
  const { error } = (await answer.json()) as { readonly error?: { readonly code: unknown } };
  return [answer.status, error?.code];
}

/** Answers of a provider that are none, by row, and what the last provider's come to. */
const LIES: readonly (readonly [row: string, lie: Reply, code: string])[] = [
  [
    'F20: shorter than its length',
    reply().headers({ 'content-length': '100' }).body('12345').close(),
    'upstream_truncated',
  ],
  ['F21: without its last chunk', reply().head().raw('5\r\n{"id"\r\n').close(), 'upstream_truncated'],
  ['F21: that ends inside a chunk', reply().head().raw('ff\r\n{"id"').close(), 'upstream_truncated'],
  [
    'F22: half a JSON without a length',
    reply().raw('HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{"id":"x","choi').close(),
    'upstream_truncated',
  ],
  [
    'F24: with a length and chunks',
    reply().raw(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    'upstream_invalid_response',
  ],
  [
    'F24: with two lengths',
    reply().raw(`${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`),
    'upstream_invalid_response',
  ],
  [
    'F24: with bare line feeds',
    reply().raw('HTTP/1.1 200 OK\ncontent-length: 5\n\nhello'),
    'upstream_invalid_response',
  ],
  [
    'F24: whose chunk has no size',
    reply().raw(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`),
    'upstream_invalid_response',
  ],
  [
    'F24: with a header of 20 KB',
    reply().raw(`${OK}x: ${'y'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`),
    'upstream_invalid_response',
  ],
  [
    'F24: with a folded header',
    reply().headers({ 'x-folded': 'one\r\n two' }).json(answerOf('x')),
    'upstream_invalid_response',
  ],
  ['F24: that is garbage', reply().raw('\x00garbage\r\n\r\n'), 'upstream_invalid_response'],
  [
    'F27: an error of status 200',
    reply().json({ error: { message: 'No.', type: 'server_error', code: null } }),
    'upstream_invalid_response',
  ],
  [
    'F27: a page',
    reply().headers({ 'content-type': 'text/html' }).body('<html>Sorry</html>'),
    'upstream_invalid_response',
  ],
  ['F27: nothing', reply().body(''), 'upstream_invalid_response'],
  ['F27: null', reply().json(null), 'upstream_invalid_response'],
  ['F27: a list', reply().json([]), 'upstream_invalid_response'],
  ['F27: an object without choices', reply().json({ id: 'x', object: 'chat.completion' }), 'upstream_invalid_response'],
  ['F27: choices that are none', reply().json({ ...answerOf('x'), choices: [] }), 'upstream_invalid_response'],
  [
    'F31: packed by its word alone',
    reply().headers({ 'content-encoding': 'gzip' }).json(answerOf('plain')),
    'upstream_invalid_response',
  ],
  [
    'F31: packed against its word',
    reply()
      .headers({ 'content-type': 'application/json' })
      .body(gzipSync(JSON.stringify(answerOf('packed')))),
    'upstream_invalid_response',
  ],
  [
    'F31: packed twice',
    reply()
      .headers({ 'content-encoding': 'gzip, gzip' })
      .body(gzipSync(gzipSync(JSON.stringify(answerOf('packed'))))),
    'upstream_invalid_response',
  ],
  [
    'F31: packed in an unknown way',
    reply().headers({ 'content-encoding': 'zstd5' }).json(answerOf('x')),
    'upstream_invalid_response',
  ],
  [
    'F34: of status 100 that is the last word',
    reply().raw('HTTP/1.1 100 Continue\r\n\r\n'),
    'upstream_invalid_response',
  ],
  [
    'F34: of status 101',
    reply().raw('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    'upstream_invalid_response',
  ],
  ['F35: of status 0', reply().raw('HTTP/1.1 0 Odd\r\ncontent-length: 0\r\n\r\n'), 'upstream_invalid_response'],
  ['F35: of status 204 with a body', reply().status(204).json(answerOf('x')), 'upstream_invalid_response'],
  ['F35: of status 304 with a body', reply().status(304).json(answerOf('x')), 'upstream_invalid_response'],
  ['F35: of status 600', reply().status(600).json(answerOf('x')), 'upstream_invalid_response'],
  ['F35: of status 999', reply().status(999).json(answerOf('x')), 'upstream_invalid_response'],
];

describe('an answer', () => {
  it.each(LIES)('%s: the next provider answers, and the last one is a 502', async (_row, lie, code) => {
    await using set = await upstreamSet({ replies: { a: [lie], b: [lie, lie, saying('from b')] }, alias: ONCE });
    // The first request of a process is its slowest.
    const both = [await timed(() => set.ask()), await timed(() => set.ask())];
    for (const { value } of both)
      expect([await outcomeOf(value), value.headers.get('x-sluice-attempts')]).toEqual([[502, code], '2']);
    expect(Math.min(...both.map(({ tookMs }) => tookMs))).toBeLessThan(BOUND_MS);
    const answer = await set.ask();
    expect([answer.status, answer.headers.get('x-sluice-provider')]).toEqual([200, 'b']);
    expect((await set.gateway.rows()).map(({ errorCode }) => errorCode)).toEqual([null, code, code]);
  });
});

describe('an answer that is one all the same', () => {
  it.each<readonly [string, Reply]>([
    [
      'F31: packed once, by its word',
      reply()
        .headers({ 'content-encoding': 'gzip' })
        .body(gzipSync(JSON.stringify({ ...answerOf('from a'), id: 'x' }))),
    ],
    [
      'F34: behind early hints',
      reply().raw('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(3)).json(answerOf('from a')),
    ],
    ['F34: behind a status that nobody knows', reply().raw('HTTP/1.1 199 Odd\r\n\r\n').json(answerOf('from a'))],
  ])('%s: is what the caller gets', async (_row, whole) => {
    await using set = await upstreamSet({ replies: { a: [whole] } });
    const answer = await set.ask();
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { choices: [{ message: { content: 'from a' } }] },
    ]);
  });
});

describe('a body longer than its length (F23)', () => {
  it('is answered with as much of it, and what is behind it never answers the next request', async () => {
    const body = JSON.stringify(answerOf('first'));
    const forged = `${OK}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.replace('first', 'EVIL!')}`;
    const lying = reply()
      .headers({ 'content-type': 'application/json', 'content-length': String(body.length) })
      .body(body + forged);
    await using set = await upstreamSet({ replies: { a: [lying, saying('second')] } });
    const answers = [await set.ask(), await set.ask()];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(texts).toEqual([expect.stringContaining('"first"'), expect.stringContaining('"second"')]);
    const [, first, second] = upstreamOf(set, 'a').requests;
    expect(second?.connection).not.toBe(first?.connection);
  });
});

describe('a redirect (F36, F-61, CVE-2025-62155)', () => {
  it.each([301, 302, 303, 307, 308])('of status %d is followed nowhere', async (status) => {
    await using canary = await fakeUpstream(saying('stolen'));
    const places = [
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      `${canary.url}/v1/chat/completions`,
      '/v1/chat/completions',
    ];
    const [first, ...more] = places.map((location) => reply().status(status).headers({ location }).body('moved')) as [
      Reply,
      ...Reply[],
    ];
    await using set = await upstreamSet({ replies: { a: [first, ...more] }, alias: { retries: { max: 0 } } });
    for (const place of places) {
      const answer = await set.ask();
      expect([place, answer.headers.get('location'), await outcomeOf(answer)]).toEqual([
        place,
        null,
        [502, 'upstream_invalid_response'],
      ]);
    }
    expect([set.calls('a'), canary.acceptedConnections]).toEqual([places.length, 0]);
  });
});

describe('headers of a provider (F37)', () => {
  const HOSTILE = {
    'set-cookie': 'a=b',
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    'x-ratelimit-limit-requests': '1',
    'x-ratelimit-remaining-requests': '0',
    'x-request-id': 'theirs',
    'x-sluice-decision': 'theirs',
    'x-sluice-config': 'theirs',
    'strict-transport-security': 'max-age=1',
    location: 'http://evil.test/',
    server: 'theirs',
    via: 'theirs',
    'www-authenticate': 'Basic',
    ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`x-odd-${i}`, 'odd'])),
  };
  const OURS = [
    'cache-control',
    'connection',
    'content-length',
    'content-type',
    'date',
    'keep-alive',
    'transfer-encoding',
    'x-accel-buffering',
    'x-content-type-options',
    'x-request-id',
  ];

  it.for<readonly [string, Reply, number, Record<string, unknown>]>([
    ['a plain answer', reply().headers(HOSTILE).json(answerOf('hi')), 200, {}],
    [
      'a stream',
      reply()
        .headers(HOSTILE)
        .sse([...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending]),
      200,
      { stream: true },
    ],
    [
      'an error',
      reply()
        .status(400)
        .headers(HOSTILE)
        .json({ error: { message: 'No.' } }),
      400,
      {},
    ],
  ])('reach nobody: %s', async ([, script, expected, more]) => {
    await using set = await upstreamSet({ replies: { a: [script] } });
    const { headers, status } = await set.ask(more);
    expect(status).toBe(expected);
    const others = [...headers.keys()].filter((name) => !OURS.includes(name) && !name.startsWith('x-sluice-'));
    expect(others).toEqual([]);
    expect(
      [...headers].filter(([name, value]) => value.includes('theirs') || (name !== 'date' && value.includes(','))),
    ).toEqual([]);
  });
});
