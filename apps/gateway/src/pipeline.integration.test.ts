import { fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { OPENAI_STREAM } from './e2e/__fixtures__/frames.js';
import { startGateway } from './e2e/__fixtures__/gateway.js';
import type { TestGateway } from './e2e/__fixtures__/gateway.js';

const CHAT = '/v1/chat/completions';
const MODELS = reply().json({ data: [] });
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};
const PLAIN = reply().json(COMPLETION);
const STREAM = reply().sse([...OPENAI_STREAM.opening, ...OPENAI_STREAM.ending]);

interface Pair extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly faulty: FakeUpstream;
  /** Asks the alias over the faulty upstream and the healthy one. */
  ask(stream: boolean): Promise<Response>;
}

/** A gateway with an alias over two upstreams: the first does what the scripts say, the second answers. */
async function startPair(...faults: readonly [Reply, ...Reply[]]): Promise<Pair> {
  // The first thing that a gateway asks a provider is which models it has.
  const faulty = await fakeUpstream(MODELS, ...faults);
  const healthy = await fakeUpstream(MODELS, PLAIN, STREAM);
  const gateway = await startGateway({
    providers: {
      faulty: { kind: 'openai-compatible', baseUrl: `${faulty.url}/v1` },
      healthy: { kind: 'openai-compatible', baseUrl: `${healthy.url}/v1` },
    },
    models: {
      fast: {
        targets: [{ provider: 'faulty', model: 'm' }],
        fallbacks: [{ provider: 'healthy', model: 'm' }],
        timeouts: { firstTokenMs: 150 },
      },
      only: { targets: [{ provider: 'faulty', model: 'm' }], retries: { max: 0 } },
    },
    breaker: { consecutiveFailures: 1_000 },
  });
  await Promise.all([faulty.received(), healthy.received()]);
  return {
    gateway,
    faulty,
    async ask(stream) {
      // The healthy upstream streams from its second answer on.
      if (stream) await (await gateway.call(CHAT, bodyFor('healthy/m', false))).text();
      return gateway.call(CHAT, bodyFor('fast', stream));
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([faulty.close(), healthy.close()]);
    },
  };
}

function bodyFor(model: string, stream: boolean): object {
  return { model, stream, messages: [{ role: 'user', content: 'Hello' }] };
}

/** Name of the upstream that answered, and what it said. */
async function outcomeOf(response: Response): Promise<readonly [string | null, boolean]> {
  const text = await response.text();
  return [response.headers.get('x-sluice-provider'), text.includes('"Hi"') || text.includes('[DONE]')];
}

const OK = 'HTTP/1.1 200 OK\r\n';
const NEVER_ANSWERED: readonly (readonly [string, Reply])[] = [
  ['resets when it is connected to', reply().atConnect().reset()],
  ['resets before its head', reply().reset()],
  ['leaves before its head', reply().close()],
  ['leaves inside its head', reply().raw(`${OK}content-`).close()],
  ['says nothing before the first-token limit', reply().silence()],
  ['speaks no HTTP', reply().raw('\x00garbage\r\n\r\n').close()],
  ['gives two lengths', reply().raw(`${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`)],
  [
    'answers 500',
    reply()
      .status(500)
      .json({ error: { message: 'x' } }),
  ],
  [
    'answers 503',
    reply()
      .status(503)
      .json({ error: { message: 'x' } }),
  ],
  [
    'answers 429',
    reply()
      .status(429)
      .headers({ 'retry-after': '999999999' })
      .json({ error: { message: 'x' } }),
  ],
  [
    'answers 401',
    reply()
      .status(401)
      .json({ error: { message: 'Incorrect API key provided: sk-123' } }),
  ],
  ['redirects', reply().status(307).headers({ location: 'http://127.0.0.1:1/' })],
  ['answers with an error under 200', reply().json({ error: { message: 'overloaded', type: 'server_error' } })],
];
const PLAIN_FAULTS: readonly (readonly [string, Reply])[] = [
  ['leaves before the length it gave', reply().headers({ 'content-length': '500' }).json(COMPLETION).close()],
  ['leaves before its last chunk', reply().head().raw('5\r\n{"a":\r\n').close()],
  ['answers with HTML', reply().body('<html>Bad gateway</html>')],
  ['answers with nothing', reply().body('')],
  ['answers null', reply().json(null)],
  ['answers []', reply().json([])],
  ['answers without choices', reply().json({ ...COMPLETION, choices: [] })],
];
const STREAM_FAULTS: readonly (readonly [string, Reply])[] = [
  ['resets behind its head', reply().sse([]).delay(10).reset()],
  ['starts and leaves', reply().sse(OPENAI_STREAM.opening.slice(0, 1)).close()],
  ['starts and falls silent', reply().sse(OPENAI_STREAM.opening.slice(0, 1)).silence()],
  ['sends comments and falls silent', reply().sse(': ping\n\n').silence()],
  ['begins with an error', reply().sse('data: {"error":{"message":"x"}}\n\n')],
  ['answers plainly', PLAIN],
];

describe('a provider that fails before the first content stays unseen behind another', () => {
  const silent = (name: string): boolean => name.includes('first-token');

  it.for([...NEVER_ANSWERED.filter(([name]) => !silent(name)), ...PLAIN_FAULTS])('where it %s', async ([, fault]) => {
    await using pair = await startPair(fault);
    expect(await outcomeOf(await pair.ask(false))).toEqual(['healthy', true]);
    expect(await pair.gateway.rows()).toMatchObject([{ state: 'settled', status: 200, provider: 'healthy' }]);
  });

  it.for([...NEVER_ANSWERED, ...STREAM_FAULTS])('where a stream is asked for and it %s', async ([, fault]) => {
    await using pair = await startPair(fault);
    expect(await outcomeOf(await pair.ask(true))).toEqual(['healthy', true]);
    expect((await pair.gateway.rows())[0]).toMatchObject({ state: 'settled', status: 200, provider: 'healthy' });
  });

  it('and is not left waiting', async () => {
    await using pair = await startPair(reply().silence());
    await outcomeOf(await pair.ask(true));
    expect(await pair.faulty.wasAborted()).toBe(true);
  });
});

it('never takes a plain answer for whole that was cut, at whatever byte', async () => {
  const body = JSON.stringify(COMPLETION);
  const lengths = Array.from({ length: body.length }, (_, length) => length);
  const cut = (length: number): Reply =>
    reply()
      .raw(`HTTP/1.0 200 OK\r\n\r\n${body.slice(0, length)}`)
      .close();
  await using pair = await startPair(cut(0), ...lengths.slice(1).map(cut));
  const statuses = new Set<number>();
  const codes: string[] = [];
  for (const _ of lengths) {
    const response = await pair.gateway.call(CHAT, bodyFor('only', false));
    statuses.add(response.status);
    codes.push(((await response.json()) as { readonly error: { readonly code: string } }).error.code);
  }
  expect(statuses).toEqual(new Set([502]));
  // Of nothing at all nobody can tell that it was cut.
  expect([codes[0], new Set(codes.slice(1))]).toEqual(['upstream_invalid_response', new Set(['upstream_truncated'])]);
});

it('does not show that a kept connection was closed in the meantime', async () => {
  await using pair = await startPair(reply().json(COMPLETION).close(), PLAIN);
  const statuses = [];
  for (let i = 0; i < 3; i += 1) {
    const response = await pair.gateway.call(CHAT, bodyFor('fast', false));
    await response.text();
    statuses.push([response.status, response.headers.get('x-sluice-provider')]);
  }
  expect(statuses).toEqual(Array.from({ length: 3 }, () => [200, 'faulty']));
});

it('answers the next call with its own answer after one that said more than its length', async () => {
  const smuggled = reply().headers({ 'content-length': String(JSON.stringify(COMPLETION).length) });
  const second = { ...COMPLETION, id: 'chatcmpl-2' };
  await using pair = await startPair(
    smuggled.body(`${JSON.stringify(COMPLETION)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`),
    reply().json(second),
  );
  const ids = [];
  for (let i = 0; i < 2; i += 1) {
    const response = await pair.gateway.call(CHAT, bodyFor('only', false));
    ids.push(((await response.json()) as { readonly id: string }).id);
  }
  expect(ids).toEqual(['chatcmpl-1', 'chatcmpl-2']);
});
