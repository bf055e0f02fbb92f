import { fakeUpstream, reply, timed } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { readAll } from './__fixtures__/clients.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { PAIRS } from './__fixtures__/upstreams.js';
import type { Wire } from './__fixtures__/upstreams.js';

const STALL_MS = 400;
const GRACE_MS = 100;
const MODELS = reply().json({ data: [] });

interface Setup extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly upstreams: readonly FakeUpstream[];
}

/** A gateway whose alias `fast` asks one upstream for each script, in turn and once each. */
async function upstreamsOf({ kind, basePath }: Wire, ...scripts: readonly Reply[]): Promise<Setup> {
  const upstreams = await Promise.all(scripts.map((script) => fakeUpstream(MODELS, script)));
  const names = upstreams.map((_, i) => `up${i}`);
  const gateway = await startGateway({
    providers: Object.fromEntries(upstreams.map(({ url }, i) => [`up${i}`, { kind, baseUrl: url + basePath }])),
    models: {
      fast: {
        targets: names.map((provider) => ({ provider, model: 'm' })),
        retries: { max: 1, sameTarget: 0 },
        timeouts: { firstTokenMs: STALL_MS, idleMs: STALL_MS },
      },
    },
  });
  await Promise.all(upstreams.map((upstream) => upstream.received(1)));
  return {
    gateway,
    upstreams,
    async [Symbol.asyncDispose]() {
      try {
        await assertInvariants({ gateway, upstreams });
      } finally {
        await gateway.close();
        await Promise.all(upstreams.map((upstream) => upstream.close()));
      }
    },
  };
}

describe.each(PAIRS)('the $sdk SDK at $kind upstreams', (pair) => {
  const { opening, ending } = pair.frames;
  const whole = reply().sse([...opening, ...ending]);
  const call = { model: 'fast', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hello' }] };
  const read = async ({ gateway }: Setup): Promise<string> => (await gateway.call(pair.path, call)).text();

  it.each<readonly [string, Reply]>([
    ['nothing behind its head', reply().sse([]).silence()],
    ['a start and nothing behind it', reply().sse(opening.slice(0, 1)).silence()],
    [
      'comments alone',
      reply()
        .sse(Array.from({ length: 40 }, () => ': ping\n\n'))
        .silence(),
    ],
  ])('hears from the second where the first sends %s, once its time is over (F8)', async (_name, silent) => {
    await using setup = await upstreamsOf(pair, silent, whole);
    const { value, tookMs } = await timed(() => read(setup));
    expect([pair.isWhole(value), pair.countErrors(value)]).toEqual([true, 0]);
    expect(tookMs).toBeLessThan(STALL_MS + GRACE_MS);
    expect(await setup.gateway.rows()).toMatchObject([
      { status: 200, attempts: [{ errorCode: 'upstream_timeout' }, { errorCode: null }] },
    ]);
  });

  it('reads one error where a stream falls silent in the middle, once its time is over (F9)', async () => {
    await using setup = await upstreamsOf(pair, reply().sse(opening).silence());
    const { value, tookMs } = await timed(() => read(setup));
    expect([pair.isWhole(value), pair.countErrors(value), value.includes('upstream_timeout')]).toEqual([
      false,
      1,
      true,
    ]);
    expect(tookMs).toBeLessThan(STALL_MS + GRACE_MS);
    expect(await setup.gateway.rows()).toMatchObject([{ errorCode: 'upstream_timeout', usageSource: 'estimated' }]);
  });

  it('is not kept waiting by comments in the middle (F10)', async () => {
    let script = reply().sse(opening);
    for (let i = 0; i < 10; i += 1) script = script.delay(STALL_MS / 4).sse(': ping\n\n');
    await using setup = await upstreamsOf(pair, script.silence());
    const { value, tookMs } = await timed(() => read(setup));
    expect([pair.isWhole(value), pair.countErrors(value)]).toEqual([false, 1]);
    expect(tookMs).toBeLessThan(STALL_MS + GRACE_MS);
  });

  it('reads a slow stream to its end, however long it takes as a whole (F10)', async () => {
    let script = reply().sse(opening.slice(0, -1));
    for (let i = 0; i < 6; i += 1) {
      // Comments between the tokens neither help nor hurt.
      script = script
        .delay(STALL_MS / 4)
        .sse(': ping\n\n')
        .delay(STALL_MS / 4)
        .sse(opening.at(-1) ?? '');
    }
    await using setup = await upstreamsOf(pair, script.sse(ending));
    const answer = await readAll(await pair.stream(setup.gateway, 'fast'));
    expect(answer).toEqual({ text: `Hello${' there'.repeat(6)}` });
  });

  it.each<readonly [string, (frames: string) => readonly (string | Uint8Array)[]]>([
    ['in single bytes', (frames) => Array.from(Buffer.from(frames), (byte) => Uint8Array.of(byte))],
    ['with carriage returns', (frames) => [frames.replaceAll('\n', '\r\n')]],
    ['behind a byte order mark', (frames) => [`\ufeff${frames}`]],
    ['with carriage returns alone', (frames) => [frames.replaceAll('\n', '\r')]],
    ['with every line end in turn', (frames) => [frames.replaceAll('\n\n', '\r\n\n').replaceAll('}\n', '}\r')]],
    ['with its data over several lines', (frames) => [frames.replaceAll('data: {', 'data: {\ndata: ')]],
    [
      'among comments, ids and times to retry',
      (frames) => [frames.replaceAll('data: ', ': note\nid: 7\nretry: 9\ndata: ')],
    ],
  ])('reads the same text where it comes %s (F32)', async (_name, write) => {
    const frames = write([...opening, ...ending].join(''));
    const script = frames.reduce<Reply>((so, piece) => so.sse(piece), reply());
    await using setup = await upstreamsOf(pair, script);
    expect(await readAll(await pair.stream(setup.gateway, 'fast'))).toEqual({ text: 'Hello there' });
  });

  it('reads characters that were cut (F32)', async () => {
    const words = ' thëre, “𝄞”';
    const written = JSON.stringify(' there');
    const frames = [...opening, ...ending].join('').replace(written, JSON.stringify(words));
    const bytes = Array.from(Buffer.from(frames), (byte) => Uint8Array.of(byte));
    await using setup = await upstreamsOf(
      pair,
      bytes.reduce<Reply>((so, piece) => so.sse(piece), reply()),
    );
    expect(await readAll(await pair.stream(setup.gateway, 'fast'))).toEqual({ text: `Hello${words}` });
  });

  it('reads text that is no text as what stands for it, and line ends that are none as they are (F33)', async () => {
    const [before = '', after = ''] = [...opening, ...ending].join('').split(' there');
    const odd = Buffer.concat([Buffer.from(before), Buffer.of(0xff, 0xc3), Buffer.from(`\u2028${after}`)]);
    await using setup = await upstreamsOf(pair, reply().sse(odd));
    const { text, error } = await readAll(await pair.stream(setup.gateway, 'fast'));
    expect([text, error]).toEqual(['Hello\ufffd\ufffd\u2028', undefined]);
  });

  it.each<readonly [string, string]>([
    ['what is no JSON', 'data: {"half\n\n'],
    ['a JSON of ten thousand levels', `data: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n\n`],
    ['a zero and half a character', 'data: {"choices":"\u0000\ud83d"}\n\n'],
  ])('outlives %s, and never takes it for an end (F33)', async (_name, odd) => {
    await using setup = await upstreamsOf(pair, reply().sse([...opening, odd]), reply().sse([...opening, odd]));
    const text = await read(setup);
    expect([pair.isWhole(text), pair.countErrors(text)]).toEqual([false, 1]);
    expect((await setup.gateway.call('/health/live')).status).toBe(200);
  });
});
