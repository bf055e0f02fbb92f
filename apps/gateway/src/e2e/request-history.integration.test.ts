import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import type { GatewayConfig } from '../gateway.js';
import { DONE, chatChunk } from './__fixtures__/frames.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { RemoteGateway, TestGateway } from './__fixtures__/gateway.js';
import { expectNoSecret } from './__fixtures__/invariants.js';

const PATH = '/v1/chat/completions';
const WORDS = 'Wie geht es dem Kranich';
const said = (content: string, model = 'up/m', stream = false) => ({
  model,
  ...(stream && { stream }),
  messages: [{ role: 'user', content }],
});
const ANSWER = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Write to a@b.example' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const chunk = (content: string): string => chatChunk({ content });
const models = reply().json({ data: [] });
const plain = reply().json(ANSWER);
const streamed = reply().sse([chunk('One '), chunk('two'), chatChunk({}, 'stop'), DONE]);

async function open(replies: readonly Reply[], config: GatewayConfig): Promise<TestGateway> {
  const upstream = await fakeUpstream(models, ...replies);
  const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: { env: 'UP_KEY' } } };
  const retries = { max: 0, sameTarget: 0 };
  const alias = { targets: [{ provider: 'up', model: 'm' }], retries };
  const gateway = await startGateway(
    { providers, models: { loud: alias, quiet: { ...alias, history: { bodies: 'off' } } }, ...config },
    { UP_KEY: 'Cq7mw2xk9vTz4pLr8sNb3hYd6gJf1aQe' },
  );
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  await upstream.received(1);
  return gateway;
}

async function ask(gateway: RemoteGateway, body: object) {
  const answer = await gateway.call(PATH, body);
  const id = answer.headers.get('x-sluice-decision') ?? '';
  return { id, text: await answer.text() };
}
async function shown(
  gateway: RemoteGateway,
  id: string,
  key = gateway.adminKey,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${gateway.url}/admin/v1/requests/${id}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
}

it('keeps nothing unless it is told to', async () => {
  const gateway = await open([plain], {});
  const { id } = await ask(gateway, said(WORDS));
  expect(await shown(gateway, id)).toMatchObject({ status: 200, bodies: 'off', request: null, response: null });
});

it('shows what a caller sent and got, redacted, plain and as a stream; not of an alias that keeps nothing', async () => {
  const gateway = await open([plain, streamed, plain], { history: { bodies: 'all' } });
  const first = await ask(gateway, said(`${WORDS}, fragt x@y.example mit ${gateway.key}`));
  const second = await ask(gateway, said(WORDS, 'loud', true));
  const third = await ask(gateway, said(WORDS, 'quiet'));
  const own = await shown(gateway, first.id);
  expect(own).toMatchObject({ bodies: 'kept', response: first.text.replace('a@b.example', '[EMAIL]') });
  expect(own['request']).toContain(`${WORDS}, fragt [EMAIL] mit `);
  expect(await shown(gateway, second.id)).toMatchObject({
    bodies: 'kept',
    request: JSON.stringify(said(WORDS, 'loud', true)),
    response: second.text,
  });
  expect(await shown(gateway, third.id)).toMatchObject({ bodies: 'off', request: null });
  expect(gateway.logText()).not.toContain('Kranich');
  await gateway.stop();
  expectNoSecret(gateway);
});

it('keeps failures alone, among them streams that were cut, where that is asked', async () => {
  const cut = reply().sse(chunk('One ')).reset();
  const gateway = await open(
    [
      plain,
      reply()
        .status(400)
        .json({ error: { message: 'no' } }),
      cut,
    ],
    {
      history: { bodies: 'errors' },
    },
  );
  const good = await ask(gateway, said(WORDS, 'loud'));
  const bad = await ask(gateway, said(WORDS, 'loud'));
  const broken = await ask(gateway, said(WORDS, 'loud', true));
  expect(await shown(gateway, good.id)).toMatchObject({ bodies: 'off' });
  expect(await shown(gateway, bad.id)).toMatchObject({ bodies: 'kept', response: bad.text });
  expect(await shown(gateway, broken.id)).toMatchObject({ bodies: 'kept', response: broken.text });
  expect(broken.text).toContain('"error"');
});

it('shows bodies to operators of the organisation, and not to viewers or anybody else', async () => {
  const gateway = await open([plain], { history: { bodies: 'all', maxBytes: 8 } });
  const { id } = await ask(gateway, said(WORDS));
  const key = (role: string, org?: string) => gateway.createKey({ name: `${role} ${org}`, role, ...(org && { org }) });
  const admin = { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' };
  await fetch(`${gateway.url}/admin/v1/orgs`, { method: 'POST', headers: admin, body: '{"id":"acme","name":"Acme"}' });
  expect(await shown(gateway, id, await key('operator'))).toMatchObject({ bodies: 'cut', request: '{"model"' });
  expect(await shown(gateway, id, await key('viewer'))).toMatchObject({ bodies: 'withheld', request: null });
  expect(await shown(gateway, id, await key('owner', 'acme'))).toMatchObject({ status: 404 });
});
