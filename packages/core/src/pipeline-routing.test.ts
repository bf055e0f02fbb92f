import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL, bodyOf, codeOf, createBench, readStream } from './__fixtures__/bench.js';
import { saying, streaming } from './__fixtures__/scripted-transport.js';
import type { Script } from './__fixtures__/scripted-transport.js';
import { aliasOf, candidateAt, configured, snapshotOf } from './__fixtures__/snapshots.js';
import { toyProvider } from './__fixtures__/toy-provider.js';
import { TargetStatsTable } from './routing/target-stats.js';
import type { Alias } from './snapshot.js';

const [a, b] = [configured('a', toyProvider({ passes: true })), configured('b', toyProvider({ passes: true }))];
const REFUSED: Script = {
  status: 400,
  steps: ['{"error":{"message":"no","type":"invalid_request_error","code":"content_policy_violation"}}'],
};
const CUT: Script = {
  headers: { 'content-type': 'text/event-stream' },
  steps: ['data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'],
};

function bench(scripts: readonly Script[], change: Partial<Alias> = {}) {
  const alias: Alias = { ...aliasOf('fast', [a]), ...change };
  const stats = new TargetStatsTable();
  return { stats, ...createBench({ snapshot: snapshotOf([a, b], [alias]), scripts, ports: { stats } }) };
}
const pathsOf = ({ transport }: ReturnType<typeof bench>): readonly string[] =>
  transport.requests.map(({ url }) => url.pathname);

describe('what a body says to the gateway itself', () => {
  it('is followed, and reaches no provider', async () => {
    const run = bench([{ status: 500 }, saying('two')]);
    const body = { model: 'fast', say: 'hi', models: ['b/other'], metadata: { tags: ['x'] } };
    expect(bodyOf(await run.call(body))).toContain('two');
    expect(pathsOf(run)).toEqual(['/m', '/other']);
    for (const request of run.transport.requests) {
      expect(String(request.body)).not.toMatch(/models|metadata|tags/);
    }
  });

  it('is refused where the key may not use a model of it', async () => {
    const run = bench([saying('one')]);
    const principal = { ...PRINCIPAL, models: ['fast'] };
    const answer = await run.call({ model: 'fast', models: ['b/other'] }, { principal });
    expect([codeOf(answer), answer.status, run.transport.requests.length]).toEqual(['model_not_allowed', 403, 0]);
  });
});

describe('a fallback for refused content', () => {
  const fallbacks = [{ ...candidateAt(b, 'lax'), only: new Set(['content_policy'] as const) }];

  it('is asked after a refusal', async () => {
    const run = bench([REFUSED, saying('well')], { fallbacks });
    expect(bodyOf(await run.call({ model: 'fast' }))).toContain('well');
    expect(pathsOf(run)).toEqual(['/m', '/lax']);
  });

  it('is not asked after any other failure', async () => {
    const run = bench([{ status: 500 }, saying('well')], { fallbacks });
    expect((await run.call({ model: 'fast' })).status).toBe(502);
    expect(pathsOf(run)).toEqual(['/m']);
  });
});

describe('the statistics of a target', () => {
  it('count a plain answer in flight until it is there, and a stream until it has ended', async () => {
    const plain = bench([saying('one')]);
    await plain.call({ model: 'fast' });
    expect(plain.stats.of('a/m')).toMatchObject({ inFlight: 0, errorShare: 0 });
    const run = bench([streaming('one', 'two', '[DONE]')]);
    const answer = await run.call({ model: 'fast', stream: true });
    expect(run.stats.of('a/m').inFlight).toBe(1);
    await readStream(answer);
    expect(run.stats.of('a/m').inFlight).toBe(0);
    expect(run.stats.of('a/m').expectedMs('stream', 0)).toBe(0);
  });

  it('hold failures against it, also of a stream that was cut after its beginning', async () => {
    const failed = bench([{ status: 500 }]);
    await failed.call({ model: 'fast' });
    expect(failed.stats.of('a/m')).toMatchObject({ inFlight: 0, errorShare: 1 });
    const cut = bench([CUT]);
    await readStream(await cut.call({ model: 'fast', stream: true }));
    expect(cut.stats.of('a/m')).toMatchObject({ inFlight: 0, errorShare: 1 });
  });

  it('hold nothing against it where the caller left or the request was at fault', async () => {
    const refused = bench([{ status: 400 }]);
    await refused.call({ model: 'fast' });
    expect(refused.stats.of('a/m')).toMatchObject({ inFlight: 0, errorShare: 0 });
    const left = bench([{ head: 'hang' }]);
    const leaving = new AbortController();
    const answer = left.call({ model: 'fast' }, { signal: leaving.signal });
    await new Promise((resolve) => setImmediate(resolve));
    expect(left.stats.of('a/m').inFlight).toBe(1);
    leaving.abort();
    await answer;
    expect(left.stats.of('a/m')).toMatchObject({ inFlight: 0, errorShare: 0 });
  });

  it('keep what its provider says of its limits', async () => {
    const headers = { 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '4' };
    const run = bench([{ ...saying('one'), headers }]);
    await run.call({ model: 'fast' });
    expect(run.stats.of('a/m').limits(createManualClock().monotonic())?.headers).toMatchObject(headers);
  });
});
