import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY } from './__fixtures__/admin-key.js';
import { temporaryDir } from './__fixtures__/temporary-dir.js';
import { failure } from './e2e/__fixtures__/collect.js';
import { createGateway } from './index.js';
import type { Gateway, GatewayConfig, GatewayOptions } from './index.js';

const HELLO = [{ role: 'user' as const, content: 'Hello there' }];
const ECHO = { model: 'sim/echo', messages: HELLO };
const chatRequest = (headers: Record<string, string> = {}, body: object = ECHO): Request =>
  new Request('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

interface Opened {
  readonly gateway: Gateway;
  readonly log: () => string;
}

/** A gateway with state of its own that the running test may leave open. */
function open(config?: GatewayConfig, options: Partial<GatewayOptions> = {}): Opened {
  const dataDir = temporaryDir();
  const logPath = join(dataDir, 'log');
  const logFd = openSync(logPath, 'a');
  const gateway = createGateway(config, { dataDir, env: { SLUICE_ADMIN_KEY: ADMIN_KEY }, logFd, ...options });
  onTestFinished(async () => {
    await gateway.close();
    closeSync(logFd);
  });
  return { gateway, log: () => readFileSync(logPath, 'utf8') };
}

/** The address of a server that hands every request to the gateway. */
async function listening(gateway: Gateway): Promise<string> {
  const server = createServer((req, res) => gateway.handle(req, res)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An SDK always sends a key, and one that is sent counts: without a key of ours it is taken out. */
function openaiOn({ fetch }: Gateway, apiKey?: string): OpenAI {
  const key = apiKey === undefined ? { apiKey: 'none', defaultHeaders: { authorization: null } } : { apiKey };
  return new OpenAI({ ...key, fetch, baseURL: 'http://gateway/v1', maxRetries: 0 });
}

describe("a gateway's fetch", () => {
  it('serves the OpenAI SDK without a key and without a socket', async () => {
    const openai = openaiOn(open().gateway);
    const answer = await openai.chat.completions.create(ECHO);
    expect(answer.choices[0]?.message.content).toBe('Hello there');
    expect(answer._request_id).toMatch(/^req_/);
  });

  it('streams to it', async () => {
    const openai = openaiOn(open().gateway);
    expect(await openai.chat.completions.stream(ECHO).finalContent()).toBe('Hello there');
  });

  it('serves the Anthropic SDK', async () => {
    const { fetch } = open().gateway;
    const anthropic = new Anthropic({
      fetch,
      apiKey: 'none',
      defaultHeaders: { authorization: null },
      baseURL: 'http://gateway',
    });
    const message = await anthropic.messages.stream({ ...ECHO, max_tokens: 50 }).finalMessage();
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello there' }]);
  });

  it('raises what the provider cut', async () => {
    const openai = openaiOn(open().gateway);
    const stream = openai.chat.completions.stream({ ...ECHO, model: 'sim/cut-3' });
    await expect(stream.finalContent()).rejects.toMatchObject({ code: 'upstream_truncated' });
  });

  it('counts a key that is sent, also a wrong one', async () => {
    const { gateway } = open();
    await expect(openaiOn(gateway, 'sk-sluice-wrong').models.list()).rejects.toMatchObject({ status: 401 });
    expect((await openaiOn(gateway, ADMIN_KEY).models.list()).data).not.toEqual([]);
  });

  it('acts as the principal that was named', async () => {
    const principal = {
      kind: 'key',
      keyId: 'key_app',
      keyName: 'app',
      role: 'caller',
      tenant: 'acme',
      models: ['sim/echo'],
      limits: {},
    } as const;
    const { gateway } = open({}, { principal });
    const openai = openaiOn(gateway);
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['sim/echo']);
    await expect(openai.chat.completions.create({ ...ECHO, model: 'sim/json' })).rejects.toMatchObject({ status: 403 });
    await openai.chat.completions.create(ECHO);
    const rows = await gateway.handle(
      new Request('http://gateway/admin/v1/requests', { headers: { 'x-api-key': ADMIN_KEY } }),
    );
    expect(await rows.json()).toMatchObject({ data: [{ key: 'key_app', tenant: 'acme', status: 200 }] });
  });

  it('ends with the reason of its signal', async () => {
    const { gateway } = open();
    const reason = new Error('changed my mind');
    await expect(gateway.fetch(chatRequest(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('fails the body of a stream whose signal fired, as the global fetch does', async () => {
    const { gateway } = open();
    const controller = new AbortController();
    const body = { ...ECHO, model: 'sim/stall-3', stream: true };
    const answer = await gateway.fetch(chatRequest({}, body), { signal: controller.signal });
    const text = answer.text();
    controller.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('answers unknown addresses as the server does', async () => {
    const { gateway } = open();
    const statuses = ['/v1/unknown', '/v1/models/%zz', '/v1/models/none'].map(async (path) => {
      const answer = await gateway.fetch(`http://gateway${path}`);
      return [answer.status, answer.headers.get('content-type')];
    });
    const notFound = [404, 'application/json; charset=utf-8'];
    expect(await Promise.all(statuses)).toEqual([notFound, notFound, notFound]);
  });

  it('answers a wrong method as the server does', async () => {
    const answer = await open().gateway.fetch('http://gateway/v1/models', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it.each([
    ['/v1/models', 200],
    ['/v1/chat/completions', 405],
  ])('answers HEAD %s as the server does', async (path, status) => {
    const { gateway } = open();
    const url = await listening(gateway);
    const init = { method: 'HEAD', headers: { 'x-api-key': ADMIN_KEY } };
    const answers = await Promise.all([gateway.fetch(`http://gateway${path}`, init), fetch(url + path, init)]);
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['', '']);
  });

  it('refuses a body that is too long, whether its length is announced or not', async () => {
    const { gateway } = open({ server: { bodyLimitBytes: 1_024 } });
    const text = JSON.stringify({ ...ECHO, user: 'x'.repeat(1_024) });
    const send = async (headers: Record<string, string> = {}): Promise<number> => {
      const request = new Request(chatRequest(headers), { body: new Blob([text]).stream(), duplex: 'half' });
      return (await gateway.fetch(request)).status;
    };
    expect(await send()).toBe(413);
    expect(await send({ 'content-length': String(text.length) })).toBe(413);
  });
});

describe("a gateway's handle", () => {
  it('needs a key for a web request', async () => {
    const { gateway } = open();
    expect((await gateway.handle(chatRequest())).status).toBe(401);
    const answer = await gateway.handle(chatRequest({ authorization: `Bearer ${ADMIN_KEY}` }));
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello there' } }] });
  });

  it('is a listener for node:http', async () => {
    const { gateway } = open();
    const url = await listening(gateway);
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: ADMIN_KEY, maxRetries: 0 });
    expect(await openai.chat.completions.stream(ECHO).finalContent()).toBe('Hello there');
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
  });
});

describe('createGateway', () => {
  it('says all that is wrong with a configuration', () => {
    const faulty = { server: { port: 70_000 }, unknown: 1 } as unknown as GatewayConfig;
    expect(() => open(faulty)).toThrow(/server\.port[^]*\n[^]*unknown/);
  });

  it('logs where it is told to', async () => {
    const { gateway, log } = open();
    await openaiOn(gateway).chat.completions.create(ECHO);
    await expect.poll(log).toMatch(/"msg":"request".*"key":"in-process".*"route":"\/v1\/chat\/completions"/);
  });
});

describe('closing a gateway', () => {
  it('waits for what is in flight, and can be asked for twice', async () => {
    const { gateway } = open();
    const openai = openaiOn(gateway);
    const slow = openai.chat.completions.create({ ...ECHO, model: 'sim/slow-1000' });
    const inFlight = async (): Promise<string> => (await gateway.fetch('http://gateway/metrics')).text();
    await expect.poll(inFlight, { interval: 5 }).toContain('sluice_in_flight_requests{route="/v1/chat/completions"} 1');
    await Promise.all([gateway.close(), gateway.close()]);
    expect((await slow).choices[0]?.message.content).toBe('Hello there');
  });

  it('refuses what comes later', async () => {
    const { gateway } = open();
    const url = await listening(gateway);
    await gateway.close();
    const late = [
      gateway.fetch('http://gateway/v1/models'),
      gateway.fetch(chatRequest()),
      fetch(`${url}/v1/models`, { headers: { 'x-api-key': ADMIN_KEY } }),
      fetch(`${url}/v1/chat/completions`, { method: 'POST' }),
    ].map(async (answer) => (await answer).json());
    const refusal = { error: { code: 'draining' } };
    expect(await Promise.all(late)).toMatchObject([refusal, refusal, refusal, refusal]);
  });

  it('does not wait for a stream that nobody reads', async () => {
    const { gateway } = open({ server: { drainTimeoutMs: 50 } });
    const answer = await gateway.fetch(chatRequest({}, { ...ECHO, model: 'sim/stall-3', stream: true }));
    await gateway.close();
    expect(await answer.text()).toMatch(/data: {"error":{[^\n]*"code":"draining"[^\n]*\n\n$/);
  });

  it('tells who waits too long that it is over', async () => {
    const { gateway } = open({ server: { drainTimeoutMs: 50 } });
    const openai = openaiOn(gateway);
    const stream = openai.chat.completions.stream({ ...ECHO, model: 'sim/stall-3' });
    await stream.emitted('connect');
    const [error] = await Promise.all([failure(stream.finalContent()), gateway.close()]);
    expect(error).toMatchObject({ code: 'draining' });
  });
});
