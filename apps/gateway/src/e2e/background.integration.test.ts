import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@sluice/simulator';
import { fakeUpstream, reply } from '@sluice/testkit';
import type OpenAI from 'openai';
import { APIError, NotFoundError } from 'openai';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { collect, failure } from './__fixtures__/collect.js';
import { openaiClient, startGateway } from './__fixtures__/gateway.js';
import { startProcess } from './__fixtures__/process.js';

type Response = OpenAI.Responses.Response;

const simulator = await startSimulator({});
const gateway = await startGateway({
  providers: {
    oa: { kind: 'openai', baseUrl: `${simulator.url}/v1` },
    claude: { kind: 'anthropic', baseUrl: simulator.url },
  },
  responses: { backgroundPerKey: 2 },
});
const { openai } = gateway;
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

/** As OpenAI's guide polls. */
async function finished(client: OpenAI, id: string): Promise<Response> {
  let response = await client.responses.retrieve(id);
  while (response.status === 'queued' || response.status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    response = await client.responses.retrieve(id);
  }
  return response;
}
const begin = (model: string, more: object = {}) =>
  openai.responses.create({ model, input: 'Hello there', background: true, ...more }) as Promise<Response>;
const rowOf = async (model: string) => (await gateway.rows()).find(({ model: of }) => of === model);

describe('a response in the background', () => {
  it.for([
    ['oa/gpt-5-mini', 'passed through'],
    ['claude/claude-opus-4-7', 'translated'],
    ['sim/echo', 'of the simulator'],
  ] as const)('is answered at once and made afterwards: %s, %s', async ([model]) => {
    const queued = await begin(model, { metadata: { a: 'b' } });
    expect([queued.status, queued.background, queued.output, queued.metadata]).toEqual([
      'queued',
      true,
      [],
      { a: 'b' },
    ]);
    const done = await finished(openai, queued.id);
    expect([done.id, done.status, done.background, done.output_text.length > 0]).toEqual([
      queued.id,
      'completed',
      true,
      true,
    ]);
    expect(await rowOf(model.split('/')[1] ?? '')).toMatchObject({
      state: 'settled',
      status: 200,
      inputTokens: done.usage?.input_tokens,
      outputTokens: done.usage?.output_tokens,
      usageSource: 'provider',
    });
  });

  it('is asked of the provider as a stream, and not in its background', async () => {
    const stand = reply().sse(['data: {}\n\n']);
    await using upstream = await fakeUpstream(reply().json({ data: [] }), stand);
    await using own = await startGateway({ providers: { up: { kind: 'openai', baseUrl: `${upstream.url}/v1` } } });
    await upstream.received(1);
    const odd = '{ "background" :true, "input":"\\u0048i", "x" : 1.0,"model":"up/m" }';
    const queued = (await (await own.call('/v1/responses', odd)).json()) as Response;
    expect(Buffer.from((await upstream.received(2)).body).toString()).toBe(
      '{"stream":true, "input":"\\u0048i", "x" : 1.0,"model":"m" }',
    );
    expect((await finished(own.openai, queued.id)).status).toBe('failed');
  });

  it('is refused at once where it could not begin', async () => {
    expect(await failure(begin('nobody/x'))).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(await failure(begin('sim/echo', { temperature: 9 }))).toMatchObject({ status: 400, param: 'temperature' });
    expect(await failure(begin('sim/echo', { store: false }))).toMatchObject({ status: 400, param: 'background' });
  });

  it('says why it failed', async () => {
    const { status, error } = await finished(openai, (await begin('sim/error-500')).id);
    expect([status, error?.code]).toEqual(['failed', 'server_error']);
    const cut = await finished(openai, (await begin('sim/cut')).id);
    expect([cut.status, cut.error?.code]).toEqual(['failed', 'server_error']);
  });

  it('is incomplete at the limit of tokens', async () => {
    const { status } = await finished(openai, (await begin('sim/tokens-100', { max_output_tokens: 16 })).id);
    expect(status).toBe('incomplete');
  });

  it('is gone on from, once it is complete', async () => {
    const first = await begin('sim/pace-300', { input: 'One by one' });
    const early = begin('sim/echo', { input: 'Two', previous_response_id: first.id });
    expect(await failure(early)).toMatchObject({ status: 400, param: 'previous_response_id' });
    await finished(openai, first.id);
    const second = await openai.responses.create({ model: 'sim/echo', input: 'Two', previous_response_id: first.id });
    expect(second.output_text).toBe('Two');
    expect((await openai.responses.inputItems.list(second.id)).data).toHaveLength(3);
  });

  it('ends when it is cancelled, and settles with what was used', async () => {
    const { id } = await begin('sim/pace-200', { input: 'word '.repeat(200) });
    await expect.poll(async () => (await openai.responses.retrieve(id)).status).toBe('in_progress');
    const cancelled = await openai.responses.cancel(id);
    expect([cancelled.id, cancelled.status]).toEqual([id, 'cancelled']);
    expect(await rowOf('pace-200')).toMatchObject({ state: 'settled', status: 499, usageSource: 'estimated' });
    expect((await openai.responses.cancel(id)).status).toBe('cancelled');
    expect((await openai.responses.retrieve(id)).status).toBe('cancelled');
  });

  it('is only cancelled where it is in the background', async () => {
    const { id } = await openai.responses.create({ model: 'sim/echo', input: 'Hi' });
    expect(await failure(openai.responses.cancel(id))).toMatchObject({ status: 400, code: 'invalid_value' });
    expect(await failure(openai.responses.cancel('resp_nobody'))).toBeInstanceOf(NotFoundError);
    const other = openaiClient(gateway.url, await gateway.createKey({ name: 'same tenant' }));
    const done = await begin('sim/echo');
    await finished(other, done.id);
    expect((await openai.responses.cancel(done.id)).status).toBe('completed');
  });

  it('leaves nothing when it is deleted on the way', async () => {
    const { id } = await begin('sim/pace-200', { input: 'word '.repeat(200) });
    await openai.responses.delete(id);
    await expect.poll(() => rowOf('pace-200')).toMatchObject({ state: 'settled' });
    expect(await failure(openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
  });

  it('is one of so many for each key', async () => {
    const running = [await begin('sim/pace-200'), await begin('sim/pace-200')];
    expect(await failure(begin('sim/echo'))).toMatchObject({ status: 429, code: 'concurrency_limit_exceeded' });
    for (const { id } of running) await openai.responses.cancel(id);
    expect((await finished(openai, (await begin('sim/echo')).id)).status).toBe('completed');
  });

  it('counts as a request under way for the limits of its key', async () => {
    const client = openaiClient(gateway.url, await gateway.createKey({ name: 'one', limits: { concurrent: 1 } }));
    const ask = { model: 'sim/pace-200', input: 'Hello there', background: true };
    const { id } = await client.responses.create(ask);
    expect(await failure(client.responses.create({ ...ask, background: false }))).toMatchObject({ status: 429 });
    await client.responses.cancel(id);
    expect((await client.responses.create({ model: 'sim/echo', input: 'Hi' })).status).toBe('completed');
  });
});

describe('a streamed response in the background', () => {
  const ask = { model: 'sim/pace-20', input: 'one two three four five six', background: true, stream: true } as const;

  it('goes on when its caller has left, and is followed from there', async () => {
    const stream = await openai.responses.create(ask);
    const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (event.type === 'response.output_text.delta') break;
    }
    const [first] = seen;
    const id = first?.type === 'response.created' ? first.response.id : '';
    const last = seen.at(-1)?.sequence_number ?? -1;
    const rest = await collect(await openai.responses.retrieve(id, { stream: true, starting_after: last }));
    const all = [...seen, ...rest];
    expect(all.map(({ sequence_number: order }) => order)).toEqual(all.map((_, order) => order));
    const end = all.at(-1);
    expect(end?.type === 'response.completed' && end.response.status).toBe('completed');
    expect((await openai.responses.retrieve(id)).output_text).toBe(ask.input);
  });

  it('is put together by the SDK, also when it is over', async () => {
    const { id } = await openai.responses.stream(ask).finalResponse();
    const again = await openai.responses.stream({ response_id: id, starting_after: 3 }).finalResponse();
    expect([again.id, again.output_text]).toEqual([id, (await openai.responses.retrieve(id)).output_text]);
  });

  it('ends its followers with a failure when it is cancelled', async () => {
    const stream = await openai.responses.create({ ...ask, model: 'sim/pace-200' });
    let id = '';
    const types: string[] = [];
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.created') id = event.response.id;
      if (event.type === 'response.output_text.delta' && id !== '') {
        await openai.responses.cancel(id);
        id = '';
      }
    }
    expect(types.at(-1)).toBe('response.failed');
    expect(types).not.toContain('response.completed');
  });

  it('tells in its stream that the provider failed', async () => {
    const events = await collect(await openai.responses.create({ ...ask, model: 'sim/error-500' }));
    const last = events.at(-1);
    expect(last?.type === 'response.failed' && last.response.error?.code).toBe('server_error');
  });

  it('cannot be followed where it was not made so', async () => {
    const { id } = await begin('sim/echo');
    const error = await failure(openai.responses.retrieve(id, { stream: true }));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 400, param: 'stream' });
    const wrong = await gateway.call(`/v1/responses/${id}?stream=true&starting_after=x`);
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { param: 'starting_after' } }]);
  });
});

describe('a gateway that stops', () => {
  it('waits for what is in the background', async () => {
    const own = await startGateway();
    onTestFinished(() => own.close());
    const { id } = await own.openai.responses.create({
      model: 'sim/pace-100',
      input: 'one two three',
      background: true,
    });
    await own.drain();
    expect((await own.openai.responses.retrieve(id)).status).toBe('completed');
    expect(await own.rows()).toMatchObject([{ state: 'settled', status: 200 }]);
  });

  it('marks what it cannot wait for as failed, and closes its connections', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().sse(['data: {}\n\n']).silence());
    const cwd = mkdtempSync(join(tmpdir(), 'sluice-bg-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const { ask, stop, again } = await processAt(cwd, upstream.url);
    const { id } = await ask();
    await upstream.received(2);
    await stop('SIGTERM');
    expect(await upstream.closedWithin(20_000)).toBe(true);
    const client = await again();
    const { status, error } = await client.responses.retrieve(id);
    expect([status, error?.code]).toEqual(['failed', 'server_error']);
  });

  it('that was killed has nothing in progress afterwards', async () => {
    await using upstream = await fakeUpstream(reply().json({ data: [] }), reply().sse(['data: {}\n\n']).silence());
    const cwd = mkdtempSync(join(tmpdir(), 'sluice-bg-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const { ask, stop, again } = await processAt(cwd, upstream.url);
    const { id } = await ask();
    await upstream.received(2);
    await stop('SIGKILL');
    const client = await again();
    const { status, error } = await client.responses.retrieve(id);
    expect([status, error?.code]).toEqual(['failed', 'server_error']);
    expect((await client.responses.cancel(id)).status).toBe('failed');
  });
});

/** A gateway in a process of its own, which can be started again in the same place. */
async function processAt(cwd: string, upstream: string) {
  const config = {
    server: { drainTimeoutMs: 200, port: 0 },
    providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream}/v1` } },
  };
  writeFileSync(join(cwd, 'sluice.yaml'), JSON.stringify(config));
  const begun = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
  const client = openaiClient(await begun.listening(), ADMIN_KEY);
  return {
    ask: () => client.responses.create({ model: 'up/m', input: 'Hi', background: true }),
    stop: (signal: NodeJS.Signals) => begun.stop(signal),
    async again() {
      const next = startProcess({ cwd, env: { SLUICE_ADMIN_KEY: ADMIN_KEY } });
      onTestFinished(async () => void (await next.stop('SIGKILL')));
      return openaiClient(await next.listening(), ADMIN_KEY);
    },
  };
}
