import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startFlood } from './__fixtures__/flood.js';
import { startGatewayProcess } from './__fixtures__/gateway.js';
import type { ProcessGateway } from './__fixtures__/gateway.js';
import { assertInvariants } from './__fixtures__/invariants.js';
import { WIRE_CLIENTS } from './__fixtures__/wire-clients.js';
import type { WireClient } from './__fixtures__/wire-clients.js';

/** Twice what they may cost if they were all kept; the long run has a million. */
const EVENTS = process.env['SLUICE_LONG'] ? 1_000_000 : 300_000;
/** What one event, or one answer, may hold. */
const MOST_MIB = 32;
const SLACK_MIB = 8;

async function gatewayTo(url: string): Promise<ProcessGateway> {
  const providers = { up: { kind: 'openai-compatible', baseUrl: `${url}/v1` } };
  return startGatewayProcess({
    providers,
    models: { fast: { targets: [{ provider: 'up', model: 'm' }], retries: { max: 0 } } },
  });
}

/**
 * By how much a process grows at most while `work` goes on, in MiB, at the best of three times: it has done the same
 * before, so that what counts is what a request costs, not what a runtime takes until it has warmed up and collects.
 */
async function growthOf({ sluice }: ProcessGateway, work: () => Promise<void>): Promise<number> {
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${sluice.pid}/status`, 'utf8'))?.[1]) /
    1_024;
  await work();
  let least = Number.POSITIVE_INFINITY;
  for (let times = 0; times < 3 && least > SLACK_MIB; times += 1) {
    // The highest mark begins anew.
    writeFileSync(`/proc/${sluice.pid}/clear_refs`, '5');
    const before = read('VmRSS');
    await work();
    least = Math.min(least, read('VmHWM') - before);
  }
  return least;
}

/** Reads a stream, keeps nothing of it but its last bytes, and counts its frames. */
async function skim(answer: Response): Promise<{ readonly frames: number; readonly end: string }> {
  let frames = 0;
  let end = '';
  for await (const bytes of answer.body ?? []) {
    const text = end.slice(-1) + Buffer.from(bytes as Uint8Array).toString('latin1');
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n', at + 2)) frames += 1;
    end = text.endsWith('\n\n') ? `${text.slice(-200)} ` : text.slice(-200);
  }
  return { frames, end: end.trimEnd() };
}

const [chat, , messages] = WIRE_CLIENTS as readonly [WireClient, WireClient, WireClient];

describe.each([chat, messages])('a client of $name', (client) => {
  const ask = (gateway: ProcessGateway): Promise<Response> =>
    gateway.call(client.path(true), { model: 'fast', stream: true, ...client.body('Go') });

  it('gets an error where an event is of 100 MB, which costs the gateway no more than its bound (F32)', async () => {
    const piece = 'x'.repeat(65_536);
    await using upstream = await startFlood({ opening: 'data: {"x":"', piece, count: 1_600, ending: '"}\n\n' });
    await using gateway = await gatewayTo(upstream.url);
    const grewMib = await growthOf(gateway, async () => {
      const answer = await ask(gateway);
      expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('larger than 32 MiB')]);
    });
    expect(grewMib).toBeLessThan(MOST_MIB + SLACK_MIB);
    await assertInvariants({ gateway });
  });

  it('gets hundreds of thousands of events that came at once, each of them, at next to no memory (F32)', async () => {
    const event = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
    const ending = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    await using upstream = await startFlood({ opening: '', piece: event.repeat(EVENTS), count: 1, ending });
    await using gateway = await gatewayTo(upstream.url);
    const grewMib = await growthOf(gateway, async () => {
      const { frames, end } = await skim(await ask(gateway));
      expect([frames > EVENTS, client.isWhole(end)]).toEqual([true, true]);
    });
    expect(grewMib).toBeLessThan(SLACK_MIB);
    await assertInvariants({ gateway });
  });
});

describe('an answer of 10 MB that unpacks to 10 GB (F31)', () => {
  it('is a 502, and costs the gateway no more than its bound', async () => {
    const member = gzipSync(Buffer.alloc(10_000_000));
    const packed = Buffer.concat(Array.from({ length: 1_000 }, () => member));
    const bomb = reply().headers({ 'content-type': 'application/json', 'content-encoding': 'gzip' }).body(packed);
    await using upstream = await fakeUpstream(reply().json({ data: [] }), bomb);
    await using gateway = await gatewayTo(upstream.url);
    const grewMib = await growthOf(gateway, async () => {
      const { status } = await gateway.call('/v1/chat/completions', { model: 'fast', ...chat.body('Go') });
      expect(status).toBe(502);
    });
    expect(grewMib).toBeLessThan(MOST_MIB + SLACK_MIB);
    await assertInvariants({ gateway, upstreams: [upstream] });
  });
});
