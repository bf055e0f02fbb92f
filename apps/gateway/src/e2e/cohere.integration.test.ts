import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const MODEL = 'co/command-a-plus-05-2026';
const QUESTION = [{ role: 'user' as const, content: 'What is 2 + 2?' }];
const USAGE = {
  billed_units: { input_tokens: 8, output_tokens: 5 },
  tokens: { input_tokens: 1_394, output_tokens: 9 },
};

const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const content = (index: number, part: object) =>
  event('content-delta', { index, delta: { message: { content: part } } });
const START = event('message-start', { id: 'm-1', delta: { message: { role: 'assistant' } } });
const end = (reason: string) => event('message-end', { delta: { finish_reason: reason, usage: USAGE } });

async function serving(answer: Reply) {
  const upstream = await fakeUpstream(answer);
  const co = { kind: 'cohere', baseUrl: upstream.url, apiKey: { env: 'UPSTREAM_KEY' } };
  const gateway = await startGateway({ providers: { co } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  return { gateway, chat: () => upstream.requests.find(({ path }) => path === '/v2/chat') };
}

it('streams thinking, text and usage to a client of OpenAI', async () => {
  const { gateway, chat } = await serving(
    reply().sse([START, content(0, { thinking: 'Twice two.' }), content(1, { text: '4.' }), end('COMPLETE')]),
  );
  const stream = gateway.openai.chat.completions.stream({
    model: MODEL,
    messages: QUESTION,
    top_p: 1,
    stream_options: { include_usage: true },
  });
  const { id, choices, model, usage } = await stream.finalChatCompletion();
  expect([id, choices[0]?.message.content, choices[0]?.finish_reason, model, usage?.prompt_tokens]).toEqual([
    'm-1',
    '4.',
    'stop',
    'command-a-plus-05-2026',
    1_394,
  ]);
  expect(chat()?.headers.authorization).toBe('Bearer sk-upstream');
  expect(JSON.parse(chat()?.body.toString() ?? 'null')).toMatchObject({ stream: true, p: 0.99 });
});

it('names the model of a plain answer, which says none', async () => {
  const answer = {
    id: 'm-1',
    message: { content: [{ type: 'text', text: '4.' }] },
    finish_reason: 'COMPLETE',
    usage: USAGE,
  };
  const { gateway } = await serving(reply().json(answer));
  const { model, content: blocks } = await gateway.anthropic.messages.create({
    model: MODEL,
    max_tokens: 50,
    messages: QUESTION,
  });
  expect([model, blocks]).toMatchObject(['command-a-plus-05-2026', [{ type: 'text', text: '4.' }]]);
});

it.each(['ERROR', 'TIMEOUT'])('never ends well where the generation ended with %s', async (reason) => {
  const { gateway } = await serving(reply().sse([START, content(0, { text: '4' }), end(reason)]));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION, stream: true });
  const text = await answer.text();
  expect([text.includes('"error"'), text.includes('[DONE]')]).toEqual([true, false]);
});
