import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const MODEL = 'g/gemini-3.7-flash';
const QUESTION = [{ role: 'user' as const, content: 'How warm is it in Oslo?' }];
const TOOLS = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];
const USAGE = { promptTokenCount: 8, candidatesTokenCount: 5, thoughtsTokenCount: 20, totalTokenCount: 33 };

const chunk = (parts: readonly object[], more: object = {}): string =>
  `data: ${JSON.stringify({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
    usageMetadata: USAGE,
    modelVersion: 'gemini-3.7-flash',
    responseId: 'r-1',
  })}\n\n`;

async function serving(...answers: readonly [Reply, ...Reply[]]) {
  // The gateway asks for the list of models when it starts.
  const upstream = await fakeUpstream(reply().json({ models: [] }), ...answers);
  const g = { kind: 'google', baseUrl: upstream.url, apiKey: { env: 'UPSTREAM_KEY' } };
  const gateway = await startGateway({ providers: { g } });
  await vi.waitUntil(() => upstream.requests.length > 0);
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  const calls = () => upstream.requests.filter(({ path }) => path.includes('enerateContent'));
  return { gateway, calls, bodies: () => calls().map(({ body }) => JSON.parse(body.toString()) as object) };
}

it('streams thoughts, text and usage to a client of OpenAI', async () => {
  const { gateway, calls, bodies } = await serving(
    reply().sse([
      chunk([{ text: 'Oslo.', thought: true }]),
      chunk([{ text: 'It is ' }]),
      chunk([{ text: '3 °C.' }]),
      chunk([{ text: '', thoughtSignature: 'c2ln' }], { finishReason: 'STOP' }),
    ]),
  );
  const stream = gateway.openai.chat.completions.stream({
    model: MODEL,
    messages: QUESTION,
    reasoning_effort: 'low',
    stream_options: { include_usage: true },
  });
  const { id, choices, usage } = await stream.finalChatCompletion();
  expect([id, choices[0]?.message.content, choices[0]?.finish_reason, usage?.completion_tokens]).toEqual([
    'r-1',
    'It is 3 °C.',
    'stop',
    25,
  ]);
  expect([calls()[0]?.path, calls()[0]?.headers['x-goog-api-key'], bodies()[0]]).toEqual([
    '/v1beta/models/gemini-3.7-flash:streamGenerateContent?alt=sse',
    'sk-upstream',
    {
      contents: [{ role: 'user', parts: [{ text: QUESTION[0]?.content }] }],
      generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } },
    },
  ]);
});

it('keeps a conversation with tools going, though the client cannot hold what the vendor signed', async () => {
  const call = { functionCall: { name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'c2ln' };
  const answer = (parts: readonly object[]) =>
    reply().json({
      candidates: [{ content: { parts }, finishReason: 'STOP' }],
      usageMetadata: USAGE,
      responseId: 'r-1',
    });
  const { gateway, bodies } = await serving(answer([call]), answer([{ text: '3 °C.' }]));
  const first = await gateway.openai.chat.completions.create({ model: MODEL, messages: QUESTION, tools: TOOLS });
  const said = first.choices[0]?.message;
  const [asked] = said?.tool_calls ?? [];
  expect([first.choices[0]?.finish_reason, asked?.id]).toEqual(['tool_calls', 'call_r-1_0']);
  const { data: last, response } = await gateway.openai.chat.completions
    .create({
      model: MODEL,
      messages: [
        ...QUESTION,
        { role: 'assistant', content: null, tool_calls: said?.tool_calls ?? [] },
        { role: 'tool', tool_call_id: asked?.id ?? '', content: '3' },
      ],
      tools: TOOLS,
    })
    .withResponse();
  expect(last.choices[0]?.message.content).toBe('3 °C.');
  expect(response.headers.get('x-sluice-adjustments')).toContain('thought_signature=emulated');
  expect(bodies()[1]).toMatchObject({
    contents: [
      { role: 'user' },
      {
        role: 'model',
        parts: [
          {
            functionCall: { id: 'call_r-1_0', name: 'weather', args: { city: 'Oslo' } },
            thoughtSignature: 'skip_thought_signature_validator',
          },
        ],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'call_r-1_0', name: 'weather', response: { output: '3' } } }],
      },
    ],
  });
});

it.each([
  ['an error inside the stream', 'data: {"error":{"code":503,"status":"UNAVAILABLE","message":"Busy."}}\n\n'],
  ['a call that broke', chunk([], { finishReason: 'MALFORMED_FUNCTION_CALL' })],
  ['silence', ''],
])('never ends well after %s', async (_, end) => {
  const { gateway } = await serving(reply().sse([chunk([{ text: 'It is ' }]), end]));
  const answer = await gateway.call('/v1/chat/completions', { model: MODEL, messages: QUESTION, stream: true });
  const text = await answer.text();
  expect([text.includes('"error"'), text.includes('[DONE]')]).toEqual([true, false]);
});

it('answers as filtered where the prompt was blocked', async () => {
  const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 8 } };
  const { gateway } = await serving(reply().json(blocked));
  const { choices } = await gateway.openai.chat.completions.create({ model: MODEL, messages: QUESTION });
  expect(choices[0]?.finish_reason).toBe('content_filter');
});
