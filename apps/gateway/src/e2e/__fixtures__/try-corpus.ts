import { isDeepStrictEqual } from 'node:util';
import { fakeUpstream, reply, timed } from '@sluice/testkit';
import type { FakeUpstream } from '@sluice/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../../gateway.js';
import { request } from './corpus/bad-input.js';
import type { BadInput, Corpus, Expected } from './corpus/bad-input.js';
import { assertInvariants } from './invariants.js';
import { startGateway } from './gateway.js';
import type { TestGateway } from './gateway.js';
import { openRaw } from './raw-socket.js';
import type { RawAnswer, RawSocket } from './raw-socket.js';

const COMPLETION = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
/** So long may a refusal take, on a machine that has other work. */
const ANSWERED_WITHIN_MS = 1_000;
/** So long may an answer wait for anything but the event loop, which these tests share with the gateway. */
const WAITED_WITHIN_MS = 200;
/** How often an input comes at one time. */
const AT_ONCE = 20;

/** The gateway is in the process of the test: what changes the objects of all its modules changes these. */
const UNTOUCHED = Object.getOwnPropertyDescriptors(Object.prototype);

/** A gateway, and what its provider `up` was asked. */
export interface Target {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  readonly port: number;
  /** Calls that reached the provider so far. */
  calls(): number;
  /** A connection of which the answers are counted. */
  open(): RawSocket;
  /** What came over the connections that are disposed of. */
  readonly seen: Seen;
}

interface Seen {
  answers: number;
  /** Ids of the rows that answers name. */
  readonly rows: string[];
}

/** Starts the gateway that the inputs of a file are sent to. */
export async function startTarget(config: GatewayConfig = {}): Promise<Target> {
  const upstream = await fakeUpstream(reply().json({ data: [] }), reply().json(COMPLETION));
  const provider = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } };
  const gateway = await startGateway({ ...config, providers: { up: provider, ...config.providers } });
  await upstream.received(1);
  const port = Number(new URL(gateway.url).port);
  // The key of the test was made by a request, too.
  const seen: Seen = { answers: 1, rows: [] };
  return {
    gateway,
    upstream,
    port,
    seen,
    calls: () => upstream.requests.filter(({ method }) => method === 'POST').length,
    open: () => openCounted(port, seen),
  };
}

function openCounted(port: number, seen: Seen): RawSocket {
  const raw = openRaw(port);
  const { [Symbol.dispose]: dispose } = raw;
  const counted = Object.create(raw) as RawSocket & { [Symbol.dispose]: () => void };
  counted[Symbol.dispose] = () => {
    seen.answers += raw.soFar.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;
    for (const [, id = ''] of raw.soFar.matchAll(/^x-sluice-decision: (\S+)/gim)) seen.rows.push(id);
    dispose();
  };
  return counted;
}

/**
 * One test for each input: the answer, no call of a provider for what is refused, nothing added to what every object
 * inherits, and a good request afterwards.
 */
export function tryCorpus(corpus: Corpus, target: Target): void {
  afterAll(async () => {
    await target.gateway.close();
    await target.upstream.close();
  });

  for (const [title, inputs] of Object.entries(corpus)) {
    describe(title, () => {
      it.for(inputs)('$id $what', async (input) => {
        await tryInput(input, target);
      });
    });
  }

  it(`are answered the same ${AT_ONCE} at once, and good requests beside them`, async () => {
    const all = Object.values(corpus).flat();
    for (const input of all.filter(({ id }, at) => all.findIndex((other) => other.id === id) === at)) {
      await tryAtOnce(input, target);
    }
  });

  it('leave one line in the log for each answer, and a row for each request that was taken on', async () => {
    const { gateway, seen } = target;
    const lines = () => gateway.logLines().filter(({ msg, status }) => msg === 'request' && status !== LEFT);
    await expect.poll(() => lines().length).toBe(seen.answers);
    expect((await gateway.rows()).map(({ id }) => id).toSorted()).toEqual(seen.rows.toSorted());
  });

  it('leaves nothing behind', async () => {
    await assertInvariants({ gateway: target.gateway, upstreams: [target.upstream] });
  });
}

/** Who left before the answer has none to count. */
const LEFT = 499;

async function tryAtOnce(input: BadInput, target: Target): Promise<void> {
  const { key } = target.gateway;
  const before = performance.eventLoopUtilization();
  const startedMs = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      using good = target.open();
      using raw = target.open();
      raw.send(input.bytes(key));
      if (input.ends) raw.socket.end();
      good.send(request(key, { method: 'GET', path: '/v1/models' }));
      const [answer, { status }] = await Promise.all([raw.answer(), good.answer()]);
      return { answer, status };
    }),
  );
  const waitedMs = performance.now() - startedMs - performance.eventLoopUtilization(before).active;
  const accepted = toList(input.expected);
  for (const { answer, status } of outcomes) {
    const wanted = accepted.find((one) => isDeepStrictEqual(seen(answer, one), one)) ?? accepted[0];
    expect([input.id, seen(answer, wanted as Expected), status]).toEqual([input.id, wanted, 200]);
  }
  expect([input.id, waitedMs < WAITED_WITHIN_MS]).toEqual([input.id, true]);
}

async function tryInput(input: BadInput, target: Target): Promise<void> {
  const before = target.calls();
  const { key } = target.gateway;
  const accepted = toList(input.expected);
  const followed = accepted.every(({ closes }) => closes === true) && input.ends !== true;
  using raw = target.open();
  const { value: answer, tookMs } = await timed(() => {
    raw.send(input.bytes(key));
    // Whoever smuggles hides a second request behind the first.
    if (followed) raw.send(request(key));
    if (input.ends) raw.socket.end();
    return raw.answer();
  });
  const wanted = accepted.find((one) => isDeepStrictEqual(seen(answer, one), one)) ?? accepted[0];
  expect(seen(answer, wanted as Expected)).toEqual(wanted);
  expect(Object.getOwnPropertyDescriptors(Object.prototype)).toEqual(UNTOUCHED);
  if (answer.status >= 200 && answer.status < 400) {
    if (wanted?.asks !== undefined) expect(target.calls() - before).toBe(wanted.asks);
    await expectServedAnew(target);
    return;
  }
  expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
  if (answer.closed) {
    expect((await raw.rest()).match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBe(answer.status === 0 ? 0 : 1);
    await expectServedAnew(target);
  } else await expectServed(target, raw);
  expect(target.calls()).toBe(before);
}

/** A good request over the same connection gets its answer. */
async function expectServed({ gateway }: Target, raw: RawSocket): Promise<void> {
  raw.send(request(gateway.key, { method: 'GET', path: '/v1/models' }));
  expect((await raw.answer()).status).toBe(200);
}

/** The same over another one. */
async function expectServedAnew(target: Target): Promise<void> {
  using raw = target.open();
  await expectServed(target, raw);
}

function toList(expected: BadInput['expected']): readonly Expected[] {
  return Array.isArray(expected) ? (expected as readonly Expected[]) : [expected as Expected];
}

/** Of an answer, what is expected of it. */
function seen(answer: RawAnswer, { code, param, closes, asks, headers }: Expected): Expected {
  const error = code === undefined && param === undefined ? undefined : errorOf(answer.body);
  return {
    status: answer.status,
    ...(code === undefined ? {} : { code: error?.code ?? '' }),
    ...(param === undefined ? {} : { param: error?.param ?? null }),
    ...(closes === undefined ? {} : { closes: answer.closed }),
    ...(asks === undefined ? {} : { asks }),
    ...(headers ? { headers: Object.fromEntries(Object.keys(headers).map((name) => [name, answer.headers[name] ?? ''])) } : {}),
  };
}

interface WrittenError {
  readonly code?: string | number;
  readonly param?: string | null;
  /** Where Google's errors say the reason. */
  readonly details?: readonly { readonly reason?: string }[];
}

function errorOf(body: string): { readonly code?: string; readonly param?: string | null } | undefined {
  const text = /\{.*\}/s.exec(body)?.[0];
  const error = text === undefined ? undefined : (JSON.parse(text) as { error?: WrittenError }).error;
  if (typeof error?.code !== 'number') return error as ReturnType<typeof errorOf>;
  const code = error.details?.find(({ reason }) => reason !== undefined)?.reason;
  return code === undefined ? undefined : { code };
}
