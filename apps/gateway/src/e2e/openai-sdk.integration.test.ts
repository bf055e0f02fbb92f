import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulator } from '@sluice/simulator';
import { collect, failure } from './__fixtures__/collect.js';
import { openaiClient, startGateway } from './__fixtures__/gateway.js';

const simulator = await startSimulator();
const gateway = await startGateway({
  // Apart, so that refused credentials and errors in a row open nobody else's circuit.
  providers: {
    claude: { kind: 'anthropic', baseUrl: simulator.url },
    apart: { kind: 'sim' },
    refusing: { kind: 'sim' },
  },
});
const { openai } = gateway;
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const user = (content: string): OpenAI.ChatCompletionMessageParam => ({ role: 'user', content });

const parameters = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] });
const weather = {
  type: 'function',
  function: { name: 'get_weather', parameters: parameters('city') },
} satisfies OpenAI.ChatCompletionTool;
const time = {
  type: 'function',
  function: { name: 'get_time', parameters: parameters('zone') },
} satisfies OpenAI.ChatCompletionTool;

/** The calls of an answer, each with the names of its arguments: `get_weather(city)`. */
function callsOf(message: OpenAI.ChatCompletionMessage | undefined): readonly string[] {
  const calls = message?.tool_calls ?? [];
  return calls.map((call) => {
    if (call.type !== 'function') return call.type;
    const { name, arguments: json } = call.function;
    return `${name}(${Object.keys(JSON.parse(json) as object).join()})`;
  });
}

describe('chat through the OpenAI SDK', () => {
  it('answers', async () => {
    const answer = await openai.chat.completions.create({ model: 'sim/echo', messages: [user('Hello there')] });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'echo',
      choices: [{ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    });
  });

  it('keeps to the limit of tokens', async () => {
    const answer = await openai.chat.completions.create({
      model: 'sim/tokens-100',
      messages: [user('Go')],
      max_completion_tokens: 5,
    });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(5);
  });

  it('takes images in the prompt', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } } as const;
    const content = [{ type: 'text', text: 'Look' } as const, image, image];
    const answer = await openai.chat.completions.create({ model: 'sim/echo', messages: [{ role: 'user', content }] });
    expect(answer.choices[0]?.message.content).toBe('Look (with 2 images)');
  });

  it('takes names of models that stand for a number', async () => {
    const answer = await openai.chat.completions.create({ model: 'sim/tokens-7', messages: [user('Go')] });
    expect(answer.usage?.completion_tokens).toBe(7);
  });
});

describe.for(['sim/echo', 'claude/echo'])('a completion through the OpenAI SDK, of %s', (model) => {
  const ask = { model, prompt: 'Hello there', echo: true };

  it('answers', async () => {
    expect(await openai.completions.create(ask)).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello thereHello there', finish_reason: 'stop' }],
      usage: { total_tokens: 6 },
    });
  });

  it('streams', async () => {
    const chunks = await collect(await openai.completions.create({ ...ask, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toBe('Hello thereHello there');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it('says where it was asked in a chat', async () => {
    const { response } = await openai.completions.create(ask).withResponse();
    const chats = model === 'claude/echo' ? 'prompt=emulated, echo=emulated' : null;
    expect(response.headers.get('x-sluice-adjustments')).toBe(chats);
  });
});

describe('a stream through the OpenAI SDK', () => {
  it('adds up to the whole answer', async () => {
    const chunks = await collect(
      await openai.chat.completions.create({ model: 'sim/echo', stream: true, messages: [user('Hello there')] }),
    );
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello there');
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('shows no usage that was not asked for', async () => {
    const chunks = await collect(
      await openai.chat.completions.create({ model: 'sim/echo', stream: true, messages: [user('Hello there')] }),
    );
    expect(chunks.filter(({ usage, choices }) => usage || choices.length !== 1)).toEqual([]);
  });

  it('ends with one chunk of usage where it was asked for', async () => {
    const chunks = await collect(
      await openai.chat.completions.create({
        model: 'sim/echo',
        stream: true,
        stream_options: { include_usage: true },
        messages: [user('Hello there')],
      }),
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 3 } });
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
  });

  it('works with the helper of the SDK', async () => {
    const stream = openai.chat.completions.stream({ model: 'sim/echo', messages: [user('Hello there')] });
    expect(await stream.finalContent()).toBe('Hello there');
  });
});

describe('tools through the OpenAI SDK', () => {
  it('are called, and their result is taken', async () => {
    const question = [user('How is it in Paris?')];
    const asked = await openai.chat.completions.create({ model: 'sim/tools', tools: [weather], messages: question });
    const message = asked.choices[0]?.message;
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls');
    expect(callsOf(message)).toEqual(['get_weather(city)']);
    const told = await openai.chat.completions.create({
      model: 'sim/tools',
      tools: [weather],
      messages: [
        ...question,
        message as OpenAI.ChatCompletionMessage,
        { role: 'tool', tool_call_id: message?.tool_calls?.[0]?.id ?? '', content: 'sunny' },
      ],
    });
    expect(told.choices[0]?.message.content).toBe('The tool answered: sunny');
  });

  it.each([
    [true, ['get_weather(city)', 'get_time(zone)']],
    [false, ['get_weather(city)']],
  ])('are called at once as parallel_tool_calls: %s says', async (parallel_tool_calls, calls) => {
    const answer = await openai.chat.completions.create({
      model: 'sim/tools-parallel',
      tools: [weather, time],
      parallel_tool_calls,
      messages: [user('Now?')],
    });
    expect(callsOf(answer.choices[0]?.message)).toEqual(calls);
  });

  it('are called in streams', async () => {
    const stream = openai.chat.completions.stream({
      model: 'sim/tools-parallel',
      tools: [weather, time],
      messages: [user('Now?')],
    });
    const { choices } = await stream.finalChatCompletion();
    expect(callsOf(choices[0]?.message)).toEqual(['get_weather(city)', 'get_time(zone)']);
  });

  it('are run by the helper of the SDK', async () => {
    const cities: string[] = [];
    const run = openai.chat.completions.runTools({
      model: 'sim/tools',
      messages: [user('How is it in Paris?')],
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            description: 'Tells how the weather is.',
            parse: (json: string) => JSON.parse(json) as { city: string },
            function: ({ city }: { city: string }) => (cities.push(city), 'sunny'),
          },
        },
      ],
    });
    expect(await run.finalContent()).toBe('The tool answered: sunny');
    expect(cities).toHaveLength(1);
  });
});

describe('structured output through the OpenAI SDK', () => {
  it('is parsed by the schema that asked for it', async () => {
    const person = z.object({ name: z.string(), age: z.int(), tags: z.array(z.enum(['a', 'b'])) });
    const answer = await openai.chat.completions.parse({
      model: 'sim/json',
      messages: [user('Who?')],
      response_format: zodResponseFormat(person, 'person'),
    });
    expect(() => person.parse(answer.choices[0]?.message.parsed)).not.toThrow();
  });
});

describe('embeddings through the OpenAI SDK', () => {
  const input = ['one text', 'another text'];

  it('come as floats where that is asked for', async () => {
    const { data, usage } = await openai.embeddings.create({ model: 'sim/embed', input, encoding_format: 'float' });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data[0]?.embedding.every((value) => Number.isFinite(value))).toBe(true);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });

  it('are the same when they travel in base64, the way of the SDK', async () => {
    const floats = await openai.embeddings.create({ model: 'sim/embed', input, encoding_format: 'float' });
    const bases = await openai.embeddings.create({ model: 'sim/embed', input });
    const [one = [], other = []] = [floats.data[1]?.embedding, bases.data[1]?.embedding];
    expect(other).toHaveLength(one.length);
    expect(Array.from(other, (value) => Math.fround(value))).toEqual(one.map((value) => Math.fround(value)));
  });
});

describe('models through the OpenAI SDK', () => {
  it('are listed under the names that can be asked for', async () => {
    const { data } = await openai.models.list();
    const names = data.map(({ id }) => id);
    expect(names).toContain('sim/echo');
    expect(names).toContain('sim/pace-20');
  });

  it('are found one by one', async () => {
    expect(await openai.models.retrieve('sim/echo')).toMatchObject({ id: 'sim/echo', object: 'model' });
    expect(await failure(openai.models.retrieve('sim/none'))).toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

describe('failures through the OpenAI SDK', () => {
  const hello = { model: 'sim/echo', messages: [user('Hello')] };

  it('are an AuthenticationError for a wrong key', async () => {
    const stranger = openaiClient(gateway.url, 'sk-sluice-wrong');
    const error = await failure(stranger.chat.completions.create(hello));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    expect((error as APIError).headers?.get('www-authenticate')).toBe('Bearer realm="sluice"');
  });

  it('are a NotFoundError for a model that is not there', async () => {
    const error = await failure(openai.chat.completions.create({ ...hello, model: 'nowhere/model' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });

  it('are a BadRequestError that names the parameter', async () => {
    const error = await failure(openai.chat.completions.create({ ...hello, temperature: 'hot' as unknown as number }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'invalid_type', param: 'temperature' });
  });

  it('are a RateLimitError past the limit, with what a client needs to wait', async () => {
    const key = await gateway.createKey({ name: 'slow', limits: { requestsPerMinute: 1 } });
    const limited = openaiClient(gateway.url, key);
    const { response } = await limited.chat.completions.create(hello).withResponse();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const error = await failure(limited.chat.completions.create(hello));
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    const headers = (error as APIError).headers;
    expect(headers?.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(headers?.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(headers?.get('x-ratelimit-reset-requests')).toMatch(/^\d/);
  });

  it.each([
    ['sim/error-500', 502, 'upstream_invalid_response'],
    ['refusing/error-401', 502, 'upstream_auth_error'],
    ['sim/error-429', 429, 'rate_limit_exceeded'],
    ['sim/context-length', 400, 'context_length_exceeded'],
    ['sim/garbage', 502, 'upstream_invalid_response'],
    ['sim/truncated', 502, 'upstream_truncated'],
  ])('%s is told as %i %s', async (model, status, code) => {
    const error = await failure(openai.chat.completions.create({ ...hello, model }));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, code });
  });

  it('tell the SDK not to try again what the gateway tried already', async () => {
    const stubborn = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 5 });
    const before = (await gateway.rows()).length;
    await failure(stubborn.chat.completions.create({ ...hello, model: 'apart/error-503' }));
    expect(await gateway.rows()).toHaveLength(before + 1);
  });
});

describe('the id of a request', () => {
  it('is the one in the answer, the ledger and the error', async () => {
    const answer = await openai.chat.completions.create({ model: 'sim/echo', messages: [user('Hello')] });
    const error = await failure(openai.chat.completions.create({ model: 'sim/quota', messages: [user('Hello')] }));
    const ids = (await gateway.rows()).map(({ id }) => id);
    expect(ids).toContain(answer._request_id);
    expect(ids).toContain((error as APIError).requestID);
  });

  it("is the caller's own where it sent one, with the gateway's beside it", async () => {
    const { request_id, response } = await openai.chat.completions
      .create({ model: 'sim/echo', messages: [user('Hello')] }, { headers: { 'x-request-id': 'mine-1' } })
      .withResponse();
    const [row] = await gateway.rows();
    expect(request_id).toBe('mine-1');
    expect(row).toMatchObject({ clientRequestId: 'mine-1', id: response.headers.get('x-sluice-request-id') });
    expect(response.headers.get('x-sluice-decision')).toBe(row?.id);
  });
});
