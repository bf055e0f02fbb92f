import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  type ContentBlock,
  type ConverseStreamOutput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { PNG_BASE64, WEATHER_SCHEMA, collect } from '../testing/samples.js';
import { TEST_CREDENTIALS } from '../credentials.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const { region, apiKey, ...credentials } = TEST_CREDENTIALS.bedrock;
const connect = (extra: object = {}) =>
  new BedrockRuntimeClient({ region, credentials, endpoint: simulator.url, maxAttempts: 1, ...extra });
// As it comes, the client speaks HTTP/2.
const client = connect();

const messages: Message[] = [{ role: 'user', content: [{ text: 'Hello there' }] }];
const tool = (name: string) => ({ toolSpec: { name, inputSchema: { json: WEATHER_SCHEMA } } });
const toolConfig = { tools: [tool('a'), tool('b')] };
const WEATHER = { city: expect.stringMatching(/^(Paris|Oslo)$/) as string, days: expect.any(Number) as number };
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

async function stream(
  input: ConstructorParameters<typeof ConverseStreamCommand>[0],
): Promise<readonly ConverseStreamOutput[]> {
  const { stream: events } = await client.send(new ConverseStreamCommand(input));
  if (!events) throw new Error('There is no stream.');
  return collect(events);
}

describe("Amazon's SDK", () => {
  it.for([
    'amazon.nova-lite-v1:0',
    CLAUDE,
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7',
  ])('reads a plain answer of %s', async (modelId) => {
    const { output, stopReason, usage } = await client.send(new ConverseCommand({ modelId, messages }));
    expect([output?.message?.content, stopReason, usage?.totalTokens]).toEqual([
      [{ text: 'Hello there' }],
      'end_turn',
      6,
    ]);
  });

  it('puts a stream together', async () => {
    const events = await stream({ modelId: CLAUDE, messages });
    const text = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '').join('');
    expect([text, events.at(-2)?.messageStop?.stopReason, events.at(-1)?.metadata?.usage?.outputTokens]).toEqual([
      'Hello there',
      'end_turn',
      3,
    ]);
  });

  it('calls tools at once and answers after their results', async () => {
    const asked = { modelId: 'tools-parallel', toolConfig };
    const { output, stopReason } = await client.send(new ConverseCommand({ ...asked, messages }));
    const content = output?.message?.content ?? [];
    expect([content.map(({ toolUse }) => toolUse?.input), stopReason]).toEqual([[WEATHER, WEATHER], 'tool_use']);
    const results: ContentBlock[] = content.map(({ toolUse }) => ({
      toolResult: { toolUseId: toolUse?.toolUseId, content: [{ text: 'sunny' }] },
    }));
    const history: Message[] = [...messages, { role: 'assistant', content }, { role: 'user', content: results }];
    const second = await client.send(new ConverseCommand({ ...asked, messages: history }));
    expect(second.output?.message?.content).toEqual([{ text: 'The tool answered: sunny' }]);
  });

  it('puts streamed calls together', async () => {
    const events = await stream({ modelId: 'tools-parallel', messages, toolConfig });
    const args = [0, 1].map((block) =>
      events
        .map(({ contentBlockDelta: delta }) =>
          delta?.contentBlockIndex === block ? (delta.delta?.toolUse?.input ?? '') : '',
        )
        .join(''),
    );
    expect(args.map((json) => JSON.parse(json) as unknown)).toEqual([WEATHER, WEATHER]);
  });

  it('takes its reasoning back, signed as it was', async () => {
    const asked = {
      modelId: `${CLAUDE}+tools`,
      toolConfig,
      inferenceConfig: { maxTokens: 4_000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2_000 } },
    };
    const ask = (history: Message[]) => client.send(new ConverseCommand({ ...asked, messages: history }));
    const content = (await ask(messages)).output?.message?.content ?? [];
    const [reasoning, call] = content;
    const result: Message = {
      role: 'user',
      content: [{ toolResult: { toolUseId: call?.toolUse?.toolUseId, content: [{ text: 'ok' }] } }],
    };
    expect((await ask([...messages, { role: 'assistant', content }, result])).stopReason).toBe('end_turn');
    const text = { ...reasoning?.reasoningContent?.reasoningText, text: 'Something else.' };
    const changed: ContentBlock[] = [{ reasoningContent: { reasoningText: text } }, ...content.slice(1)];
    await expect(ask([...messages, { role: 'assistant', content: changed }, result])).rejects.toThrow(
      'Invalid `signature` in `thinking` block',
    );
  });

  it('streams its reasoning and the signature over it', async () => {
    const events = await stream({ modelId: 'reasoning', messages });
    const deltas = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.reasoningContent);
    const signatures = deltas.flatMap((delta) => (delta?.signature === undefined ? [] : [delta.signature]));
    expect([
      deltas
        .map((delta) => delta?.text ?? '')
        .join('')
        .includes('Hello there'),
      signatures.length,
    ]).toEqual([true, 1]);
  });

  it('keeps to a schema', async () => {
    const { output } = await client.send(
      new ConverseCommand({
        modelId: CLAUDE,
        messages,
        outputConfig: {
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(WEATHER_SCHEMA) } } },
        },
      }),
    );
    expect(JSON.parse(output?.message?.content?.[0]?.text ?? '')).toEqual(WEATHER);
  });

  it('sends images and documents', async () => {
    const content: ContentBlock[] = [
      { text: 'Look' },
      { image: { format: 'png', source: { bytes: Buffer.from(PNG_BASE64, 'base64') } } },
      { document: { format: 'pdf', name: 'a', source: { bytes: Buffer.from('%PDF-') } } },
    ];
    const { output } = await client.send(
      new ConverseCommand({ modelId: 'describe', messages: [{ role: 'user', content }] }),
    );
    expect(output?.message?.content?.[0]?.text).toBe('image: image/png, 70 bytes\nfile: application/pdf, 5 bytes');
  });

  it('is told what the cache took and gave', async () => {
    const system = [{ text: 'word '.repeat(1_200) }, { cachePoint: { type: 'default' as const } }];
    const ask = () => client.send(new ConverseCommand({ modelId: CLAUDE, messages, system }));
    expect([(await ask()).usage, (await ask()).usage]).toMatchObject([
      { inputTokens: 3, cacheWriteInputTokens: 1_500, cacheReadInputTokens: 0, totalTokens: 1_506 },
      { inputTokens: 3, cacheWriteInputTokens: 0, cacheReadInputTokens: 1_500, totalTokens: 1_506 },
    ]);
  });

  it('embeds with Titan', async () => {
    const body = JSON.stringify({ inputText: 'a', dimensions: 256 });
    const { body: answer } = await client.send(
      new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body, contentType: 'application/json' }),
    );
    expect((JSON.parse(answer.transformToString()) as { embedding: number[] }).embedding).toHaveLength(256);
  });

  it.for([
    ['none', 400, 'ValidationException'],
    ['error-429', 429, 'ThrottlingException'],
    ['error-503', 503, 'ServiceUnavailableException'],
    ['error-500', 500, 'InternalServerException'],
    ['error-424', 424, 'ModelErrorException'],
  ] as const)('throws for %s', async ([modelId, status, name]) => {
    const failure: unknown = await client
      .send(new ConverseCommand({ modelId, messages }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(failure).toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  it.for([
    ['error-in-stream', 'ServiceUnavailableException'],
    ['cut', undefined],
  ] as const)('throws inside a stream of %s', async ([modelId, name]) => {
    const failure: unknown = await stream({ modelId, messages }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ ...(name && { name }) });
  });

  it.for([
    ['a wrong secret', { credentials: { ...credentials, secretAccessKey: 'wrong' } }, 'InvalidSignatureException'],
    ['a strange key', { credentials: { ...credentials, accessKeyId: 'AKIAOTHER' } }, 'UnrecognizedClientException'],
    ['a clock an hour ahead', { systemClockOffset: 3_600_000 }, 'InvalidSignatureException'],
    [
      'a wrong API key',
      { token: { token: 'wrong' }, authSchemePreference: ['httpBearerAuth'] },
      'AccessDeniedException',
    ],
  ] as const)('throws for %s', async ([, extra, name]) => {
    await expect(connect(extra).send(new ConverseCommand({ modelId: 'echo', messages }))).rejects.toMatchObject({
      name,
    });
  });

  it('is known by an API key too', async () => {
    const bearer = connect({ token: { token: apiKey }, authSchemePreference: ['httpBearerAuth'] });
    expect((await bearer.send(new ConverseCommand({ modelId: 'echo', messages }))).stopReason).toBe('end_turn');
  });
});
