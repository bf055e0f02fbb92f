import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { chat, message, post, readEvents, simulate } from './testing/client.js';
import { startSimulator } from './server.js';

const streamed = { stream: true };

/** What arrived before the stream broke, and whether it broke. */
async function readBroken(response: Response): Promise<{ readonly text: string; readonly broke: boolean }> {
  let text = '';
  try {
    for await (const bytes of response.body ?? []) text += Buffer.from(bytes as Uint8Array).toString();
    return { text, broke: false };
  } catch {
    return { text, broke: true };
  }
}
const tokens = (text: string): number =>
  readEvents(text).filter(({ data }) => /"content":"\w+ "/.test(JSON.stringify(data))).length;

describe('faults in a stream', () => {
  it('resets the connection after the tokens it was asked for', async () => {
    const { text, broke } = await readBroken(await post(await simulate(), chat('cut-2', streamed)));
    expect([tokens(text), broke]).toEqual([2, true]);
  });

  it('closes the connection before a truncated stream has finished', async () => {
    const { text, broke } = await readBroken(await post(await simulate(), chat('truncated', streamed)));
    expect([text.includes('finish_reason":"stop'), text.includes('[DONE]'), broke]).toEqual([false, false, true]);
  });

  it('ends in good order without a finish', async () => {
    const { text, broke } = await readBroken(await post(await simulate(), chat('quiet-end-2', streamed)));
    expect([tokens(text), text.includes('[DONE]'), broke]).toEqual([2, false, false]);
  });

  it('reports an error inside the stream and sends no end mark', async () => {
    const response = await post(await simulate(), chat('error-in-stream-2', streamed));
    const events = readEvents(await response.text());
    expect([response.status, events.length, events.at(-1)?.data]).toEqual([
      200,
      4,
      { error: expect.objectContaining({ code: 'server_overloaded' }) as unknown },
    ]);
  });

  it('opens the answer, gives its tokens and falls silent until the caller leaves', async () => {
    const simulator = await simulate();
    const leaving = new AbortController();
    const response = await post(simulator, chat('stall-1', streamed), { signal: leaving.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (tokens(text) < 1) text += Buffer.from((await reader.read()).value ?? []).toString();
    leaving.abort();
    const [entry] = simulator.requests;
    await entry?.closed;
    expect(entry).toMatchObject({ aborted: true, model: 'stall-1', closedAtMs: expect.any(Number) as number });
  });

  it('sends signs of life without content', async () => {
    const simulator = await simulate();
    const response = await post(simulator, chat('keep-alive-1', streamed));
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes as Uint8Array).toString();
      if (text.split(': keep-alive\n\n').length > 2) break;
    }
    expect(readEvents(text)).toHaveLength(1);
  });

  it('pings as Anthropic does', async () => {
    const simulator = await simulate();
    const response = await post(simulator, message('keep-alive-1', streamed), { path: '/v1/messages' });
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes as Uint8Array).toString();
      if (text.includes('event: ping')) break;
    }
    expect(readEvents(text).map(({ event }) => event)).toContain('ping');
  });
});

describe('faults in a plain answer', () => {
  it.for(['cut', 'truncated'])('breaks off half the body as %s', async (model) => {
    const response = await post(await simulate(), chat(model));
    const declared = Number(response.headers.get('content-length'));
    const { text, broke } = await readBroken(response);
    expect([broke, Buffer.byteLength(text)]).toEqual([true, Math.floor(declared / 2)]);
  });

  it('gives a whole answer without a finish as quiet-end', async () => {
    const response = await post(await simulate(), chat('quiet-end'));
    expect(await response.json()).toMatchObject({ choices: [{ finish_reason: null }] });
  });

  it('puts an error body under status 200 as error-in-stream', async () => {
    const response = await post(await simulate(), chat('error-in-stream'));
    expect([response.status, await response.json()]).toEqual([
      200,
      { error: expect.objectContaining({ code: 'server_overloaded' }) as unknown },
    ]);
  });

  it.for([
    ['garbage', 'text/html; charset=utf-8', /^<!doctype/],
    ['empty', 'application/json', /^$/],
  ] as const)('answers 200 with nothing usable as %s', async ([model, type, body]) => {
    const response = await post(await simulate(), chat(model));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(await response.text()).toMatch(body);
  });

  it.for(['hang', 'stall', 'keep-alive-1'])('never completes as %s', async (model) => {
    const simulator = await simulate();
    const signal = AbortSignal.timeout(50);
    const completed = post(simulator, chat(model), { signal }).then((response) => response.text());
    await expect(completed).rejects.toThrow();
    await simulator.requests[0]?.closed;
    expect(simulator.requests[0]?.aborted).toBe(true);
  });
});

describe('the server', () => {
  it('gives equal bytes for equal seeds and equal requests', async () => {
    const asked = [chat('tokens-20', streamed), chat('flaky-50'), chat('flaky-50'), chat('json')];
    const play = async (): Promise<readonly string[]> => {
      const simulator = await simulate({ seed: 42 });
      const answers: string[] = [];
      for (const body of asked) answers.push(await (await post(simulator, body)).text());
      return answers;
    };
    expect(await play()).toEqual(await play());
  });

  it('gives other words for another seed', async () => {
    const say = async (seed: number) => (await post(await simulate({ seed }), chat('tokens-20'))).text();
    expect(await say(1)).not.toBe(await say(2));
  });

  it('fails about the share that flaky asks for', async () => {
    const simulator = await simulate({ seed: 5 });
    const statuses: number[] = [];
    for (let i = 0; i < 100; i += 1) statuses.push((await post(simulator, chat('flaky-30'))).status);
    const failed = statuses.filter((status) => status === 503).length;
    expect([failed > 15, failed < 45]).toEqual([true, true]);
  });

  it('lists its models to OpenAI and to Anthropic clients in their own form', async () => {
    const { url } = await simulate();
    const openAi = await (await fetch(`${url}/v1/models`)).json();
    const anthropic = await (
      await fetch(`${url}/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } })
    ).json();
    expect(openAi).toMatchObject({ object: 'list', data: expect.arrayContaining([]) as unknown });
    expect(anthropic).toMatchObject({ has_more: false, first_id: 'echo' });
  });

  it.for([
    ['GET', '/v1/chat/completions', 405],
    ['POST', '/v1/nothing', 404],
  ] as const)('answers %s %s with %i', async ([method, path, status]) => {
    const { url } = await simulate();
    expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
  });

  it('keeps what a test wants to know of a request', async () => {
    const simulator = await simulate();
    await (await post(simulator, chat('echo'), { headers: { authorization: 'Bearer x' } })).text();
    expect(simulator.requests).toMatchObject([
      {
        number: 1,
        method: 'POST',
        path: '/v1/chat/completions',
        model: 'echo',
        headers: { authorization: 'Bearer x' },
      },
    ]);
  });

  it('does not call a caller that read its whole answer gone', async () => {
    const simulator = await simulate();
    await (await post(simulator, chat('echo', streamed))).text();
    await simulator.requests[0]?.closed;
    expect(simulator.requests[0]?.aborted).toBe(false);
  });

  it('remembers the last thousand requests', async () => {
    const simulator = await simulate();
    for (let i = 0; i < 1_001; i += 1) await (await fetch(`${simulator.url}/v1/models`)).arrayBuffer();
    expect([simulator.requests.length, simulator.requests[0]?.number]).toEqual([1_000, 2]);
  });

  it('produces no more than a caller that does not read has room for', async () => {
    const simulator = await simulate();
    const socket = connect(simulator.port, '127.0.0.1');
    const body = JSON.stringify(chat('tokens-10000000', streamed));
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await once(socket, 'readable');
    // Two gigabytes would take minutes; that the simulator still answers others shows that it waits.
    expect((await post(simulator, chat('echo'))).status).toBe(200);
    socket.destroy();
    await simulator.requests[0]?.closed;
    expect(simulator.requests[0]?.aborted).toBe(true);
  });

  it('closes with exchanges under way, once and again', async () => {
    const simulator = await startSimulator();
    const hanging = post(simulator, chat('hang')).catch((error: unknown) => error);
    await expect.poll(() => simulator.requests.length).toBe(1);
    await simulator.close();
    await simulator.close();
    expect(await hanging).toBeInstanceOf(Error);
  });

  it('rejects where the port is taken', async () => {
    const { port } = await simulate();
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
