import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { chat, message, post, readEvents, simulate } from '../testing/client.js';
import { faultRules, type FaultRule } from './fault-rules.js';
import type { Simulator } from '../server.js';

const rules = (...lines: readonly object[]): readonly FaultRule[] => faultRules.parse(lines);
const streamed = (model = 'echo') => chat(model, { stream: true });

async function statuses(simulator: Simulator, count: number, model = 'echo'): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let sent = 0; sent < count; sent += 1) seen.push((await post(simulator, chat(model))).status);
  return seen;
}
const broken = { kind: 'status', status: 503 };

describe('which requests a rule of the fault script means', () => {
  it.for([
    ['all', {}, [503, 503, 503, 503]],
    ['every second', { every: 2 }, [200, 503, 200, 503]],
    ['those after the first', { after: 1 }, [200, 503, 503, 503]],
    ['two at most', { times: 2 }, [503, 503, 200, 200]],
    ['none of another model', { models: ['tok*'] }, [200, 200, 200, 200]],
    ['those of a model by a pattern', { models: ['e*o'] }, [503, 503, 503, 503]],
    ['none of another vendor', { vendors: ['gemini'] }, [200, 200, 200, 200]],
    ['streams only', { stream: true }, [200, 200, 200, 200]],
    ['none once its time is over', { forMs: 0 }, [200, 200, 200, 200]],
  ] as const)('is %s', async ([, when, expected]) => {
    const simulator = await simulate({ faults: rules({ ...when, fault: broken }) });
    expect(await statuses(simulator, 4)).toEqual(expected);
  });

  it('is the share that its probability says, the same for the same seed', async () => {
    const faults = rules({ probability: 0.3, fault: broken });
    const once = await statuses(await simulate({ seed: 3, faults }), 60);
    const again = await statuses(await simulate({ seed: 3, faults }), 60);
    const failed = once.filter((status) => status === 503).length;
    expect([failed > 5, failed < 35, again]).toEqual([true, true, once]);
  });
});

describe('what a fault does', () => {
  const ask = async (fault: object, body: object, path = '/v1/chat/completions') =>
    post(await simulate({ faults: rules({ fault }) }), body, { path });

  it.for([
    ['seconds', 'retry-after', /^3$/],
    ['ms', 'retry-after-ms', /^2500$/],
    ['date', 'retry-after', / GMT$/],
    ['vendor', 'x-ratelimit-reset-requests', /^3s$/],
  ] as const)('says how long to wait in %s', async ([form, header, value]) => {
    const response = await ask({ kind: 'status', status: 429, retryAfter: { form, ms: 2_500 } }, chat('echo'));
    expect([response.status, response.headers.get(header)]).toEqual([429, expect.stringMatching(value)]);
  });

  it("says it in Anthropic's own header", async () => {
    const fault = { kind: 'status', status: 429, retryAfter: { form: 'vendor', ms: 2_500 } };
    const { headers } = await ask(fault, message('echo'), '/v1/messages');
    expect(headers.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  });

  it.for([
    ['html', 'text/html; charset=utf-8', /<h1>/],
    ['empty', 'text/plain', /^$/],
  ] as const)('answers a status with a body of %s', async ([body, type, expected]) => {
    const response = await ask({ kind: 'status', status: 502, body }, chat('echo'));
    expect([response.status, response.headers.get('content-type')]).toEqual([502, type]);
    expect(await response.text()).toMatch(expected);
  });

  it('does not say how long to wait where it shall not', async () => {
    const fault = { kind: 'status', status: 429, retryAfter: { form: 'none', ms: 0 } };
    const { status, headers } = await ask(fault, chat('echo'));
    expect([status, headers.get('retry-after'), headers.get('retry-after-ms')]).toEqual([429, null, null]);
  });

  it.for([
    ['context-length', 'context_length_exceeded'],
    ['content-policy', 'content_policy_violation'],
  ] as const)("fails for %s in the vendor's words", async ([about, code]) => {
    const response = await ask({ kind: 'status', status: 400, about }, chat('echo'));
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('names the error as it was told to', async () => {
    const response = await ask({ kind: 'status', status: 400, code: 'my_code', message: 'Mine.' }, chat('echo'));
    expect(await response.json()).toMatchObject({ error: { code: 'my_code', message: 'Mine.' } });
  });

  it('ends with half a character before the reset', async () => {
    const response = await ask({ kind: 'cut', inside: 'code-point', afterTokens: 1 }, streamed());
    const bytes: number[] = [];
    await expect(
      (async () => {
        for await (const read of response.body ?? []) bytes.push(...(read as Uint8Array));
      })(),
    ).rejects.toThrow();
    expect(bytes.at(-1)).toBe(Buffer.from('🙂')[0]);
  });

  it.for(['fin', 'rst'] as const)('breaks a plain answer off inside a character, by %s', async (by) => {
    const response = await ask({ kind: 'cut', by, inside: 'code-point', afterTokens: 1 }, chat('echo'));
    await expect(response.text()).rejects.toThrow();
  });

  it('breaks off inside a frame', async () => {
    const response = await ask({ kind: 'cut', by: 'fin', inside: 'frame', afterTokens: 1 }, streamed());
    let text = '';
    try {
      for await (const read of response.body ?? []) text += Buffer.from(read as Uint8Array).toString();
    } catch {
      // It is meant to break.
    }
    const last = text.split('\n\n').at(-1) ?? '';
    expect([last.startsWith('data: {"id"'), isJson(last.slice('data: '.length))]).toEqual([true, false]);
  });

  it.for([
    ['twice', 2],
    ['missing', 0],
  ] as const)('sends the last frame %s', async ([as, times]) => {
    const events = readEvents(await (await ask({ kind: 'terminal', as }, streamed())).text());
    expect(events.filter(({ data }) => data === '[DONE]')).toHaveLength(times);
  });

  it.for([
    ['twice', 2],
    ['missing', 0],
  ] as const)('sends message_stop %s', async ([as, times]) => {
    const response = await ask({ kind: 'terminal', as }, message('echo', { stream: true }), '/v1/messages');
    const events = readEvents(await response.text());
    expect(events.filter(({ event }) => event === 'message_stop')).toHaveLength(times);
  });

  it.for([
    ['wrong', 12],
    ['none', undefined],
  ] as const)('counts %s', async ([as, total]) => {
    const response = await ask({ kind: 'usage', as }, chat('echo'));
    const { usage } = (await response.json()) as { usage?: { total_tokens: number } };
    expect(usage?.total_tokens).toBe(total);
  });

  it('sends what is no JSON, streamed and plain', async () => {
    const fault = { kind: 'malformed-json', afterTokens: 1 };
    const text = await (await ask(fault, streamed())).text();
    const lines = text.split('\n\n').filter((line) => line.startsWith('data: {'));
    expect(lines.filter((line) => !isJson(line.slice('data: '.length)))).toHaveLength(1);
    expect(isJson(await (await ask(fault, chat('echo'))).text())).toBe(false);
  });

  it('answers under another content type', async () => {
    const fault = { kind: 'content-type', contentType: 'text/plain' };
    const types = [await ask(fault, streamed()), await ask(fault, chat('echo'))].map(({ headers }) =>
      headers.get('content-type'),
    );
    expect(types).toEqual(['text/plain', 'text/plain']);
  });

  it('refuses a prefill and nothing else', async () => {
    const prefill = {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'H' },
      ],
    };
    const fault = { kind: 'refuse-prefill' };
    const response = await ask(fault, message('echo', prefill), '/v1/messages');
    expect([response.status, (await ask(fault, message('echo'), '/v1/messages')).status]).toEqual([400, 200]);
    expect(await response.text()).toContain('does not support assistant message prefill');
  });

  it('reports an error inside the answer, and ends without a finish', async () => {
    const told = await (await ask({ kind: 'error-in-answer', afterTokens: 1, status: 500 }, streamed())).text();
    const ended = await (await ask({ kind: 'quiet-end', afterTokens: 1 }, streamed())).text();
    expect([told.includes('"server_error"'), told.includes('[DONE]'), ended.includes('finish_reason":"stop')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('sends signs of life before the answer', async () => {
    const text = await (await ask({ kind: 'keep-alive', everyMs: 1, times: 3 }, streamed())).text();
    expect([text.split(': keep-alive').length - 1, text.includes('[DONE]')]).toEqual([3, true]);
  });

  it.for([{ kind: 'hang' }, { kind: 'stall' }, { kind: 'keep-alive', everyMs: 5 }])('never ends: %j', async (fault) => {
    const simulator = await simulate({ faults: rules({ fault }) });
    const ended = post(simulator, streamed(), { signal: AbortSignal.timeout(60) }).then((response) => response.text());
    await expect(ended).rejects.toThrow();
  });

  it.for(['fin', 'rst'] as const)('breaks the connection before it answers, by %s', async (by) => {
    await expect(ask({ kind: 'drop', by }, streamed())).rejects.toThrow();
  });

  it('writes bytes in place of an answer', async () => {
    const bytes = 'HTTP/1.1 418 Teapot\r\ncontent-length: 5\r\n\r\nshort\xe9';
    const response = await ask({ kind: 'bytes', bytes }, chat('echo'));
    expect([response.status, await response.text()]).toEqual([418, 'short']);
  });

  it('writes bytes and falls silent', async () => {
    const simulator = await simulate({
      faults: rules({ fault: { kind: 'bytes', bytes: 'HTTP/1.1 200', close: false } }),
    });
    const answered = post(simulator, chat('echo'), { signal: AbortSignal.timeout(60) });
    await expect(answered).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('answers with further headers, streamed and plain', async () => {
    const fault = { kind: 'headers', headers: { 'x-odd': 'yes', 'set-cookie': 'a=b' } };
    const seen = [await ask(fault, streamed()), await ask(fault, chat('echo'))].map(({ headers }) =>
      headers.get('x-odd'),
    );
    expect(seen).toEqual(['yes', 'yes']);
  });

  it.for([
    ['a stream', streamed(), 'data: {"text":"xxx'],
    ['a plain answer', chat('echo'), '{"text":"xxx'],
  ] as const)('sends %s that is one long line, then falls silent', async ([, body, beginning]) => {
    const response = await ask({ kind: 'long-line', lineBytes: 100_000 }, body);
    let text = '';
    for await (const read of response.body ?? []) {
      text += Buffer.from(read as Uint8Array).toString();
      if (text.length > 100_000) break;
    }
    expect(text).toContain(beginning);
    expect(/x{100000}$/.test(text)).toBe(true);
  });

  it('takes a connection and reads nothing, so often as it was told', async () => {
    const simulator = await simulate({ faults: rules({ times: 1, fault: { kind: 'hang-connect' } }) });
    const socket = connect(simulator.port, '127.0.0.1');
    let read = '';
    socket.on('data', (bytes: Buffer) => (read += bytes.toString()));
    socket.write('GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise<void>((resolve) => void socket.once('connect', resolve));
    expect([(await fetch(`${simulator.url}/v1/models`)).status, read]).toEqual([200, '']);
    socket.destroy();
  });

  it('happens to one request that asks for it', async () => {
    const simulator = await simulate();
    const headers = { 'x-sim-fault': JSON.stringify({ kind: 'status', status: 418 }) };
    expect([(await post(simulator, chat('echo'), { headers })).status, ...(await statuses(simulator, 1))]).toEqual([
      418, 200,
    ]);
    expect((await post(simulator, chat('echo'), { headers: { 'x-sim-fault': '{}' } })).status).toBe(400);
  });
});

describe('the control endpoint', () => {
  const put = (simulator: Simulator, subject: string, body: unknown) =>
    fetch(`${simulator.url}/sim/v1/${subject}`, { method: 'PUT', body: JSON.stringify(body) });

  it('sets, shows and ends a fault script', async () => {
    const simulator = await simulate({ checkKeys: true });
    const faults = [{ fault: { kind: 'hang' } }];
    expect(await (await put(simulator, 'faults', { faults })).json()).toEqual({ faults });
    expect(await (await fetch(`${simulator.url}/sim/v1/faults`)).json()).toEqual({ faults });
    const ended = await fetch(`${simulator.url}/sim/v1/faults`, { method: 'DELETE' });
    expect(await ended.json()).toEqual({ faults: [] });
  });

  it.for([
    ['faults', { faults: [{ fault: { kind: 'nonsense' } }] }, 400],
    ['faults', { nonsense: [] }, 400],
    ['scripts', { scripts: { a: { turns: [] } } }, 400],
    ['nonsense', {}, 404],
  ] as const)('refuses at %s the body %j', async ([subject, body, status]) => {
    expect((await put(await simulate(), subject, body)).status).toBe(status);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
