import type Anthropic from '@anthropic-ai/sdk';
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { startSimulator } from '@sluice/simulator';
import { afterAll, describe, expect, it } from 'vitest';
import { collect, failure } from './__fixtures__/collect.js';
import { anthropicClient, startGateway } from './__fixtures__/gateway.js';

const simulator = await startSimulator();
const gateway = await startGateway({ providers: { claude: { kind: 'anthropic', baseUrl: simulator.url } } });
const { anthropic } = gateway;
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const hello = { max_tokens: 100, messages: [{ role: 'user', content: 'Hello there' }] } as const;
const ask = (model: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model,
  max_tokens: hello.max_tokens,
  messages: [...hello.messages],
});

const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

interface Failing {
  readonly model: string;
  readonly status: number;
  readonly Class: typeof InternalServerError | typeof RateLimitError | typeof BadRequestError;
  readonly type: string;
  readonly code: string;
}

/** The same words from a provider of the same dialect, which pass through, and from one that is translated. */
const PROVIDERS = ['claude', 'sim'];

describe.each(PROVIDERS)('messages through the Anthropic SDK, answered by %s', (provider) => {
  it('are answered', async () => {
    const message = await anthropic.messages.create(ask(`${provider}/echo`));
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'echo',
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 3 },
    });
  });

  it('are streamed', async () => {
    const events = await collect(await anthropic.messages.create({ ...ask(`${provider}/echo`), stream: true }));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start']);
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
  });

  it('add up in the helper of the SDK', async () => {
    const message = await anthropic.messages.stream(ask(`${provider}/echo`)).finalMessage();
    expect(message).toMatchObject({
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 3 },
    });
  });

  it('call tools and take their results', async () => {
    const request = { ...ask(`${provider}/tools`), tools: [weather] };
    const { content, stop_reason } = await anthropic.messages.create(request);
    expect(stop_reason).toBe('tool_use');
    const call = content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'get_weather', input: { city: expect.any(String) } });
    const result = { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sunny' } as const;
    const told = await anthropic.messages.create({
      ...request,
      messages: [...request.messages, { role: 'assistant', content }, { role: 'user', content: [result] }],
    });
    expect(told.content).toMatchObject([{ type: 'text', text: 'The tool answered: sunny' }]);
  });

  it('call tools in streams', async () => {
    const stream = anthropic.messages.stream({ ...ask(`${provider}/tools`), tools: [weather] });
    const { content, stop_reason } = await stream.finalMessage();
    expect(stop_reason).toBe('tool_use');
    expect(content).toMatchObject([{ type: 'tool_use', name: 'get_weather', input: { city: expect.any(String) } }]);
  });

  it('take a system prompt and images', async () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } as const;
    const message = await anthropic.messages.create({
      ...ask(`${provider}/echo`),
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source },
          ],
        },
      ],
    });
    expect(message.content).toMatchObject([{ type: 'text', text: 'Look (with 1 image)' }]);
  });

  it('end for want of tokens', async () => {
    const message = await anthropic.messages.create({ ...ask(`${provider}/tokens-100`), max_tokens: 5 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
  });

  it.each<Failing>([
    {
      model: 'error-500',
      status: 502,
      Class: InternalServerError,
      type: 'api_error',
      code: 'upstream_invalid_response',
    },
    { model: 'error-503', status: 503, Class: InternalServerError, type: 'overloaded_error', code: 'overloaded' },
    { model: 'error-429', status: 429, Class: RateLimitError, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    {
      model: 'context-length',
      status: 400,
      Class: BadRequestError,
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
    },
    { model: 'truncated', status: 502, Class: InternalServerError, type: 'api_error', code: 'upstream_truncated' },
  ])('fail with $code where the provider is $model', async ({ model, status, Class, type, code }) => {
    const error = await failure(anthropic.messages.create(ask(`${provider}/${model}`)));
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ status, error: { type: 'error', error: { type, code } } });
  });
});

describe('counting tokens through the Anthropic SDK', () => {
  it('is answered by the provider, and costs nothing', async () => {
    const { max_tokens: _, ...question } = ask('claude/echo');
    const count = await anthropic.messages.countTokens({ ...question, tools: [weather] });
    expect(count.input_tokens).toBeGreaterThan(0);
    expect(simulator.requests.at(-1)).toMatchObject({ path: '/v1/messages/count_tokens' });
    expect((await gateway.rows())[0]).toMatchObject({ status: 200, inputTokens: 0, outputTokens: 0 });
  });

  it('fails as the vendor would where a parameter is missing', async () => {
    const error = await failure(anthropic.messages.countTokens({ model: 'claude/echo', messages: [] }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as APIError).message).toContain('messages');
  });
});

describe('failures of the caller through the Anthropic SDK', () => {
  it('are an AuthenticationError for a wrong key', async () => {
    const error = await failure(anthropicClient(gateway.url, 'sk-sluice-wrong').messages.create(ask('sim/echo')));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, type: 'authentication_error' });
  });

  it('are a NotFoundError for a model that is not there', async () => {
    const error = await failure(anthropic.messages.create(ask('nowhere/model')));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, type: 'not_found_error' });
  });

  it('are a BadRequestError that names the parameter', async () => {
    const error = await failure(
      anthropic.messages.create({ ...ask('sim/echo'), max_tokens: 'ten' as unknown as number }),
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as APIError).message).toContain('max_tokens');
  });

  it('are a RateLimitError past the limit', async () => {
    const key = await gateway.createKey({ name: 'slow', limits: { requestsPerMinute: 1 } });
    const limited = anthropicClient(gateway.url, key);
    await limited.messages.create(ask('sim/echo'));
    const error = await failure(limited.messages.create(ask('sim/echo')));
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as APIError).headers?.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});

describe('the id of a request of the Anthropic SDK', () => {
  it('is the one in the answer, the ledger and the error', async () => {
    const message = await anthropic.messages.create(ask('sim/echo'));
    const error = await failure(anthropic.messages.create(ask('sim/quota')));
    if (!(error instanceof APIError)) throw error;
    const ids = (await gateway.rows()).map(({ id }) => id);
    expect(ids).toContain(message._request_id);
    expect(ids).toContain(error.requestID);
    expect(error.error).toMatchObject({ request_id: error.requestID });
  });
});
