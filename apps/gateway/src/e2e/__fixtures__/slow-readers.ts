import type { IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import { callUnread, startFlood } from './flood.js';
import type { Flood } from './flood.js';
import { OPENAI_STREAM } from './frames.js';
import { assertInvariants } from './invariants.js';
import { startMeasured } from './memory.js';
import type { MeasuredGateway, Memory } from './memory.js';
import { serveGood } from './serve-good.js';
import { OPENAI_WIRE, providerAt } from './upstreams.js';

/** The largest read of a socket without TLS. */
const READ_BYTES = 16_384;
/**
 * What one of them may cost, the 128 KiB that are promised: objects and the text kept for counting, 64 KiB at most; two
 * reads where the provider is paused, one that waits for its reader and one behind it; and two that are written and that
 * the caller's socket does not take. All of it stands still, so it is the same whenever one looks.
 */
const EACH_BYTES = 65_536 + 4 * READ_BYTES;
/** What is compiled, and remembered, by and by, however few they are. */
const FEW_BYTES = 4_194_304;
const RSS_BYTES = 536_870_912;
const BACK_WITHIN_BYTES = 10_485_760;
/** To the last of them, on a busy machine: the gateway looks eight times in that time, or each second. */
const CLOSED_WITHIN_MS = 5_000;
/** Fewer than the gateway has sockets for one origin. */
const READERS_EACH = 400;

const [opening = '', hello = '', there = ''] = OPENAI_STREAM.opening;
const piece = there.replace(' there', 'words '.repeat(2_000));
const ENDLESS = { opening: opening + hello, piece, count: 1_000_000, ending: '' };
/** All of them come at once, on a machine that plays their providers as well: others would be refused for its delay. */
const UNHURRIED = { eventLoopDelayMs: 3_600_000 };
const CHAT = { stream: true, messages: [{ role: 'user', content: 'Go' }] };

export interface StallPlan {
  readonly readers: number;
  readonly writeTimeoutMs: number;
}

/** So many callers read the head of a stream without end, and then nothing. */
export async function expectBoundedReaders({ readers, writeTimeoutMs }: StallPlan): Promise<void> {
  await using setup = new AsyncDisposableStack();
  const count = Math.ceil(readers / READERS_EACH);
  const floods = await Promise.all(Array.from({ length: count }, async () => setup.use(await startFlood(ENDLESS))));
  const up = floods.map(({ url }, index) => [`up${index}`, providerAt(url, OPENAI_WIRE)['up']]);
  const providers = { ...Object.fromEntries(up), sim: { kind: 'sim' } };
  const gateway = setup.use(await startMeasured({ server: { writeTimeoutMs, shed: UNHURRIED }, providers }));
  await loadTokenizer(gateway);
  // What the first calls leave behind is not theirs.
  for (let calls = 0; calls < 50; calls += 1) await answerGood(gateway);
  const others = await serveGood(gateway, 50);
  const before = await gateway.memory();
  const models = Array.from({ length: readers }, (_, index) => `up${index % count}/m`);
  const answers = await Promise.all(
    models.map((model) => callUnread(gateway, '/v1/chat/completions', { ...CHAT, model })),
  );
  const beganMs = performance.now();
  await Promise.all(floods.map((flood) => flood.stalled()));
  expect(performance.now() - beganMs).toBeLessThan(writeTimeoutMs);
  await answerGood(gateway);
  // The machine may be busy with something else just then.
  const good = async (): Promise<number> => (await serveGood(gateway, 50)).median;
  await expect.poll(good, { timeout: writeTimeoutMs / 3 }).toBeLessThan(2 * others.median + 5);
  const during = await gateway.memory();
  expect(during.rssBytes - before.rssBytes).toBeLessThan(RSS_BYTES);

  const gone = (): Promise<number> => connections(floods);
  await expect.poll(gone, { timeout: writeTimeoutMs + CLOSED_WITHIN_MS }).toBe(0);
  expect(performance.now() - beganMs).toBeGreaterThan(writeTimeoutMs);
  await expectBilled(gateway, { readers, written: floods.reduce((sum, flood) => sum + flood.written, 0) });
  const after = await settled(gateway, before);
  // A start leaves garbage that outlives many collections, so that what they held may show only once they are gone.
  const heldBytes = during.liveBytes - Math.min(before.liveBytes, after.liveBytes);
  expect(heldBytes).toBeLessThan(readers * EACH_BYTES + FEW_BYTES);
  await assertInvariants({ gateway });
  for (const answer of answers) end(answer);
}

/** What is kept once they are gone, which is soon about what was kept before they came. */
async function settled(gateway: MeasuredGateway, before: Memory): Promise<Memory> {
  let after = before;
  const more = async (): Promise<number> => (after = await gateway.memory()).liveBytes - before.liveBytes;
  await expect.poll(more).toBeLessThan(BACK_WITHIN_BYTES);
  return after;
}

/** A caller that leaves: what came is counted, and the first count loads the tables for it, which stay. */
async function loadTokenizer(gateway: MeasuredGateway): Promise<void> {
  end(await callUnread(gateway, '/v1/chat/completions', { ...CHAT, model: 'up0/left' }));
  const left = async (): Promise<unknown> =>
    (await gateway.rows()).find(({ model }) => model === 'left')?.status;
  await expect.poll(left).toBe(499);
}

async function answerGood(gateway: MeasuredGateway): Promise<void> {
  const answer = await gateway.call('/v1/chat/completions', { ...CHAT, model: 'sim/echo' });
  expect(await answer.text()).toContain('data: [DONE]');
}

async function connections(floods: readonly Flood[]): Promise<number> {
  return (await Promise.all(floods.map((flood) => flood.connections()))).reduce((sum, each) => sum + each);
}

/** What came is billed, less what is still on its way in the kernel's buffers. */
async function expectBilled(
  gateway: MeasuredGateway,
  { readers, written }: { readonly readers: number; readonly written: number },
): Promise<void> {
  const rows = (await gateway.rows()).filter(({ model }) => model === 'm');
  expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: readers }, () => 499));
  const tokens = rows.map(({ outputTokens }) => outputTokens ?? 0);
  expect(Math.min(...tokens)).toBeGreaterThan(piece.length / 4);
  expect(tokens.reduce((sum, each) => sum + each)).toBeLessThan(written / 4);
}

function end(answer: IncomingMessage): void {
  answer.on('error', () => undefined);
  answer.destroy();
}
