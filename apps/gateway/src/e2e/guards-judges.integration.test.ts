import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';
import { CHAT, MODELS, chat, completion, setUp } from './__fixtures__/guarded.js';

describe('others who judge', () => {
  interface Judge {
    readonly url: string;
    readonly heard: string[];
  }
  async function judge(answer: (body: string) => readonly [status: number, body: string] | undefined): Promise<Judge> {
    const heard: string[] = [];
    const server: Server = createServer((req, res) => {
      const pieces: Buffer[] = [];
      req.on('data', (piece: Buffer) => pieces.push(piece));
      req.on('end', () => {
        const body = Buffer.concat(pieces).toString();
        heard.push(body);
        const [status, text] = answer(body) ?? [0, ''];
        if (status > 0) res.writeHead(status, { location: 'http://127.0.0.1:9/' }).end(text);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/judge`, heard };
  }
  const hookAt = (url: string, more: object = {}) => ({
    hook: { kind: 'webhook' as const, url, secret: { env: 'HOOK' }, timeoutMs: 300, ...more },
  });

  it('a webhook refuses by what it hears', async () => {
    const { url, heard } = await judge((body) => [
      200,
      JSON.stringify({ verdict: body.includes('bad') ? 'reject' : 'allow' }),
    ]);
    const { gateway, asked } = await setUp(completion('fine'), { guards: hookAt(url) });
    const statuses = [
      (await gateway.call(CHAT, chat('a bad one'))).status,
      (await gateway.call(CHAT, chat('a good one'))).status,
    ];
    expect([statuses, asked().length]).toEqual([[400, 200], 1]);
    expect(JSON.parse(heard[0] as string)).toMatchObject({
      guard: 'hook',
      on: 'input',
      texts: [{ kind: 'user', text: 'a bad one' }],
    });
  });

  it.each<[string, readonly [number, string] | undefined]>([
    ['falls silent', undefined],
    ['fails', [500, '']],
    ['leads elsewhere', [302, '']],
  ])('a webhook that %s refuses, or lets through where it is set so', async (_, answer) => {
    const { url } = await judge(() => answer);
    const closed = await setUp(completion('fine'), { guards: hookAt(url) });
    expect((await closed.gateway.call(CHAT, chat('x'))).status).toBe(400);
    expect(closed.asked()).toEqual([]);
    const open = await setUp(completion('fine'), { guards: hookAt(url, { onFailure: 'allow' }) });
    expect((await open.gateway.call(CHAT, chat('x'))).status).toBe(200);
    expect(await open.gateway.metrics()).toContain('{guard="hook",on="input",verdict="failed"} 1');
  });

  it('a provider moderates', async () => {
    const moderator = await fakeUpstream(
      MODELS,
      reply().json({
        id: 'modr',
        model: 'omni',
        results: [{ flagged: true, categories: { violence: true }, category_scores: { violence: 0.9 } }],
      }),
    );
    onTestFinished(() => moderator.close());
    const upstream = await fakeUpstream(MODELS, completion('fine'));
    onTestFinished(() => upstream.close());
    const openai = { kind: 'openai', baseUrl: `${moderator.url}/v1`, apiKey: { env: 'UPSTREAM_KEY' } };
    const gateway = await startGateway({
      providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` }, openai },
      guards: { moderation: { kind: 'moderation', provider: 'openai', model: 'omni' } },
    });
    onTestFinished(() => gateway.close());
    await Promise.all([upstream.received(1), moderator.received(1)]);
    const answer = await gateway.call(CHAT, chat('violent'));
    expect([answer.status, upstream.requests.length]).toEqual([400, 1]);
    expect((await moderator.received(2)).body.toString()).toContain('violent');
  });
});
