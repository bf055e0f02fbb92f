import { fakeUpstream, faultOfAwsSignature, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { awsEvent, awsException, awsText } from './__fixtures__/event-stream.js';
import { startGateway } from './__fixtures__/gateway.js';
import type { TestGateway } from './__fixtures__/gateway.js';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/mi1d0i0g';
const HEADERS = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'r-1' };
/** The one secret that a gateway under test has. */
const SECRET = 'sk-upstream';
const ASKED = { messages: [{ role: 'user' as const, content: 'Hi.' }] };

const streaming = (...frames: readonly Uint8Array[]): Reply =>
  frames.reduce<Reply>((script, frame) => script.sse(frame), reply().headers(HEADERS).head());

interface Setup extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
}

/** A gateway whose providers `aws` (signed) and `token` (a Bedrock API key) are one upstream with these scripts. */
async function setUp(...scripts: readonly [Reply, ...Reply[]]): Promise<Setup> {
  const upstream = await fakeUpstream(...scripts);
  const place = { kind: 'bedrock', region: 'us-east-1', baseUrl: upstream.url };
  const ref = { env: 'UPSTREAM_KEY' };
  const gateway = await startGateway({
    providers: { aws: { ...place, accessKeyId: ref, secretAccessKey: ref }, token: { ...place, apiKey: ref } },
    models: {
      twice: {
        targets: [
          { provider: 'aws', model: MODEL },
          { provider: 'token', model: MODEL },
        ],
      },
    },
  });
  return {
    gateway,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
    },
  };
}

async function streamOf({ openai }: TestGateway, model: string): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    const stream = await openai.chat.completions.create({ ...ASKED, model, stream: true });
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return { text };
  } catch (error) {
    return { text, error };
  }
}

describe('Amazon Bedrock', () => {
  it.for([MODEL, PROFILE])('is called for %s with a signature that AWS would take', async (model) => {
    await using setup = await setUp(streaming(...awsText('Hel', 'lo.')));
    expect(await streamOf(setup.gateway, `aws/${model}`)).toEqual({ text: 'Hello.' });
    const [request] = setup.upstream.requests;
    expect(request).toMatchObject({ method: 'POST', path: `/model/${encodeURIComponent(model)}/converse-stream` });
    expect(request && faultOfAwsSignature(request, SECRET)).toBeUndefined();
  });

  it('is called with a Bedrock API key as a bearer token', async () => {
    await using setup = await setUp(streaming(...awsText('a', 'b')));
    await streamOf(setup.gateway, `token/${MODEL}`);
    const [request] = setup.upstream.requests;
    expect(request?.headers['authorization']).toBe(`Bearer ${SECRET}`);
    expect(request?.headers).not.toHaveProperty('x-amz-date');
  });

  it('answers with the id of the exchange, the model that was asked and what was used', async () => {
    await using setup = await setUp(streaming(...awsText('Hel', 'lo.')));
    const body = { ...ASKED, model: `aws/${MODEL}`, stream_options: { include_usage: true } };
    const answer = await setup.gateway.openai.chat.completions.stream(body).finalChatCompletion();
    expect(answer).toMatchObject({ id: 'r-1', model: MODEL, choices: [{ finish_reason: 'stop' }] });
    const usage = { prompt_tokens: 8, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 3 } };
    expect(answer.usage).toMatchObject(usage);
    const [row] = await setup.gateway.rows();
    expect(row).toMatchObject({ inputTokens: 8, outputTokens: 2, usageSource: 'provider', status: 200 });
  });

  it('speaks through the SDK of Anthropic, thinking and tools included', async () => {
    const frames = [
      awsEvent('messageStart', { role: 'assistant' }),
      awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } }),
      awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'EuYB' } } }),
      awsEvent('contentBlockStop', { contentBlockIndex: 0 }),
      awsEvent('contentBlockStart', {
        contentBlockIndex: 1,
        start: { toolUse: { name: 'f', toolUseId: 'tooluse_1' } },
      }),
      awsEvent('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":1}' } } }),
      awsEvent('contentBlockStop', { contentBlockIndex: 1 }),
      awsEvent('messageStop', { stopReason: 'tool_use' }),
      awsEvent('metadata', { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } }),
    ];
    await using setup = await setUp(streaming(...frames));
    const message = await setup.gateway.anthropic.messages
      .stream({
        ...ASKED,
        model: `aws/${MODEL}`,
        max_tokens: 4_000,
        thinking: { type: 'enabled', budget_tokens: 2_000 },
        tools: [{ name: 'f', input_schema: { type: 'object' } }],
      })
      .finalMessage();
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'EuYB' },
        { type: 'tool_use', id: 'tooluse_1', name: 'f', input: { a: 1 } },
      ],
    });
    const sent = JSON.parse(Buffer.from(setup.upstream.requests[0]?.body ?? []).toString()) as object;
    expect(sent).toMatchObject({
      inferenceConfig: { maxTokens: 4_000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2_000 } },
      toolConfig: { tools: [{ toolSpec: { name: 'f' } }] },
    });
  });

  it('embeds', async () => {
    await using setup = await setUp(reply().json({ embedding: [0.5, -1], inputTextTokenCount: 3 }));
    const { data, usage, model } = await setup.gateway.openai.embeddings.create({
      model: 'aws/amazon.titan-embed-text-v2:0',
      input: 'Hi.',
      encoding_format: 'float',
    });
    expect([data[0]?.embedding, usage.prompt_tokens, model]).toEqual([[0.5, -1], 3, 'amazon.titan-embed-text-v2:0']);
    const [request] = setup.upstream.requests;
    expect(request && faultOfAwsSignature(request, SECRET)).toBeUndefined();
  });

  it('counts tokens', async () => {
    await using setup = await setUp(reply().json({ inputTokens: 14 }));
    const counted = await setup.gateway.anthropic.messages.countTokens({ ...ASKED, model: `aws/${MODEL}` });
    expect([counted.input_tokens, setup.upstream.requests[0]?.path]).toEqual([
      14,
      `/model/${encodeURIComponent(MODEL)}/count-tokens`,
    ]);
  });

  it('is not asked about an image by its URL', async () => {
    await using setup = await setUp(reply().json({}));
    const content = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
    const answer = await setup.gateway.call('/v1/chat/completions', {
      model: `aws/${MODEL}`,
      messages: [{ role: 'user', content }],
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { code: 'invalid_value', param: 'messages' } },
    ]);
    expect(setup.upstream.requests).toHaveLength(0);
  });
});

describe('a stream of Amazon Bedrock that fails', () => {
  const [start, first, ...rest] = awsText('Hel', 'lo.') as [Buffer, Buffer, ...Buffer[]];
  const broken = Buffer.concat([start, first, ...rest]);
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);

  it('before its first content goes on at the next target', async () => {
    const throttled = streaming(start, awsException('throttlingException', 'Too many requests.'));
    await using setup = await setUp(throttled, streaming(...awsText('Hel', 'lo.')));
    expect(await streamOf(setup.gateway, 'twice')).toEqual({ text: 'Hello.' });
    const [row] = await setup.gateway.rows();
    expect(row?.provider).toBe('token');
  });

  it.for([
    ['by an exception', streaming(start, first, awsException('modelStreamErrorException', 'x')), 'Hel'],
    ['by its connection', streaming(start, first, (rest[0] as Buffer).subarray(0, 20)).close(), 'Hel'],
    ['between two events', streaming(start, first), 'Hel'],
    ['by a byte', streaming(broken), 'Hello.'],
  ] as const)('%s never ends cleanly', async ([, script, text]) => {
    await using setup = await setUp(script);
    const answer = await streamOf(setup.gateway, `aws/${MODEL}`);
    expect(answer).toEqual({ text, error: expect.any(Error) as Error });
  });

  it.for([
    [400, { message: 'The provided model identifier is invalid.' }, {}, 404],
    [403, { Message: 'The security token is invalid.' }, { 'x-amzn-errortype': 'UnrecognizedClientException' }, 502],
    [429, { message: 'Too many tokens, please wait.' }, { 'x-amzn-errortype': 'ThrottlingException:' }, 429],
  ] as const)('with %i is told in the words of the caller', async ([status, body, headers, shown]) => {
    await using setup = await setUp(reply().status(status).headers(headers).json(body));
    const answer = await setup.gateway.call('/v1/chat/completions', { ...ASKED, model: `aws/${MODEL}`, stream: true });
    expect(answer.status).toBe(shown);
  });
});
