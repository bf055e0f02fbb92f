import { describe, expect, it } from 'vitest';
import { post, readEvents, simulate, simulateForFile } from '../../testing/client.js';
import { sign } from '../../signer.js';
import { TEST_CREDENTIALS } from '../../credentials.js';

const simulator = await simulateForFile();
const user = { role: 'user', parts: [{ text: 'Hi' }] };
const model = (...parts: readonly object[]) => ({ role: 'model', parts });
const call = (extra: object = {}) => ({ functionCall: { name: 'a', args: {} }, ...extra });
const result = { role: 'user', parts: [{ functionResponse: { name: 'a', response: { output: 'ok' } } }] };
const says = (...contents: readonly object[]) => ({ contents });
const config = (generationConfig: object) => ({ ...says(user), generationConfig });
const tools = [{ functionDeclarations: [{ name: 'a' }] }];

const at = (name: string, method = 'generateContent') => ({ path: `/v1beta/models/${name}:${method}` });

async function refusal(body: unknown, name = 'echo'): Promise<{ code: number; message: string; status: string }> {
  const response = await post(simulator, body, at(name));
  const told = (await response.json()) as { error?: { code: number; message: string; status: string } };
  return told.error ?? { code: response.status, message: '', status: '' };
}

describe('what the Gemini wire refuses', () => {
  it.for([
    ['a field that is none', { ...says(user), nonsense: 1 }, 'Unknown name "nonsense": Cannot find field.'],
    [
      'a field of the configuration that is none',
      config({ max_tokens: 5 }),
      `Unknown name "maxTokens" at 'generation_config': Cannot find field.`,
    ],
    [
      'JSON Schema where its own is due',
      {
        ...says(user),
        tools: [{ functionDeclarations: [{ name: 'a', parameters: { type: 'OBJECT', additionalProperties: false } }] }],
      },
      `Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters'`,
    ],
    [
      'a temperature of text',
      config({ temperature: 'hot' }),
      `Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot"`,
    ],
    [
      'a temperature of 3',
      config({ temperature: 3 }),
      'generation_config.temperature: temperature must be in the range [0, 2]',
    ],
    ['a level that is none', config({ thinkingConfig: { thinkingLevel: 'SOME' } }), `(TYPE_ENUM), "SOME"`],
    ['no contents', {}, 'contents is not specified'],
    ['empty contents', says(), 'contents is not specified'],
    [
      'a role that is none',
      says({ role: 'assistant', parts: [{ text: 'x' }] }),
      'Please use a valid role: user, model.',
    ],
    ['a turn without parts', says({ role: 'user', parts: [] }), 'contents.parts must not be empty'],
    [
      'a part without data',
      says({ role: 'user', parts: [{}] }),
      "required oneof field 'data' must have one initialized field",
    ],
    [
      'a part of two kinds',
      says({ role: 'user', parts: [{ text: 'x', inlineData: { mimeType: 'image/png', data: 'AA==' } }] }),
      "oneof field 'data' is already set",
    ],
    [
      'bytes in another alphabet',
      says({ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: '%' } }] }),
      'Base64 decoding failed',
    ],
    ['a call first', says(model(call()), result), 'function call turn comes immediately after a user turn'],
    [
      'a result without a call',
      says(user, result),
      'function response turn comes immediately after a function call turn',
    ],
    ['a call without a result', says(user, model(call()), user), 'number of function response parts is equal'],
    [
      'one result for two calls',
      says(user, model(call(), call()), result),
      'number of function response parts is equal',
    ],
    [
      'a signature that it did not make',
      says(user, model(call({ thoughtSignature: 'c2ln' })), result),
      'Thought signature is not valid',
    ],
    [
      'calling configured without functions',
      { ...says(user), toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
      'Function calling config is set without function_declarations.',
    ],
    [
      'allowed names without a must',
      { ...says(user), tools, toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['a'] } } },
      'should be set only when function calling mode is ANY or VALIDATED',
    ],
    [
      'an allowed name that is not declared',
      { ...says(user), tools, toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['b'] } } },
      'function "b" is not declared',
    ],
    [
      'a name with a space',
      { ...says(user), tools: [{ functionDeclarations: [{ name: 'a b' }] }] },
      'Invalid function name.',
    ],
    [
      'a name twice',
      { ...says(user), tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'a' }] }] },
      'Duplicate function declaration found: a',
    ],
    [
      'a schema without JSON',
      config({ responseSchema: { type: 'OBJECT' } }),
      "only allowed when response_mime_type is set to 'application/json'",
    ],
    [
      'two schemas',
      config({ responseSchema: { type: 'OBJECT' }, responseJsonSchema: {}, responseMimeType: 'application/json' }),
      'must not both be set',
    ],
    [
      'a budget and a level',
      config({ thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } }),
      'only set only one of thinking budget and thinking level',
    ],
  ] as const)('is %s', async ([, body, words]) => {
    expect(await refusal(body)).toEqual(
      expect.objectContaining({
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: expect.stringContaining(words) as string,
      }),
    );
  });

  it.for([
    [
      'gemini-3-pro-preview',
      says(user, model(call()), result),
      'Function call is missing a thought_signature in functionCall parts.',
    ],
    [
      'gemini-2.5-flash',
      config({ thinkingConfig: { thinkingLevel: 'LOW' } }),
      'Thinking level is not supported for this model.',
    ],
    [
      'gemini-2.5-flash',
      { ...config({ responseMimeType: 'application/json' }), tools },
      "Function calling with a response mime type: 'application/json' is unsupported",
    ],
  ] as const)('of %s is %j', async ([name, body, words]) => {
    expect((await refusal(body, name)).message).toContain(words);
  });

  it.for([
    ['a call of an older model without a signature', 'gemini-2.5-flash', says(user, model(call()), result)],
    [
      'a signature of its own',
      'gemini-3-pro-preview',
      says(user, model(call({ thoughtSignature: sign('gemini', 'a') })), result),
    ],
    [
      'the word for calls from elsewhere',
      'gemini-3-pro-preview',
      says(user, model(call({ thoughtSignature: 'skip_thought_signature_validator' })), result),
    ],
    [
      'an unsigned call of an earlier turn',
      'gemini-3-pro-preview',
      says(user, model(call()), result, model({ text: 'x' }), user),
    ],
    [
      'only the first of two calls signed',
      'gemini-3-pro-preview',
      says(user, model(call({ thoughtSignature: sign('gemini', 'a') }), call()), {
        role: 'user',
        parts: [...result.parts, ...result.parts],
      }),
    ],
    [
      'names with underscores',
      'echo',
      {
        contents: [user],
        system_instruction: { parts: [{ text: 'x' }] },
        generation_config: { max_output_tokens: 9, top_p: 1 },
      },
    ],
  ] as const)('is not %s', async ([, name, body]) => {
    expect(await refusal(body, name)).toEqual({ code: 200, message: '', status: '' });
  });

  it('tells what model it lacks', async () => {
    expect(await refusal(says(user), 'gemini-none')).toMatchObject({
      code: 404,
      status: 'NOT_FOUND',
      message: expect.stringMatching(/^models\/gemini-none is not found/) as string,
    });
  });

  it.for([
    [{}, '', 403],
    [{ 'x-goog-api-key': 'wrong' }, '', 400],
    [{}, '?key=wrong', 400],
    [{ 'x-goog-api-key': TEST_CREDENTIALS.gemini.apiKey }, '', 200],
    [{}, `?key=${TEST_CREDENTIALS.gemini.apiKey}`, 200],
  ] as const)('with checked keys, answers %j and %j with %i', async ([headers, query, status]) => {
    const strict = await simulate({ checkKeys: true });
    const response = await post(strict, says(user), { path: `${at('echo').path}${query}`, headers });
    expect(response.status).toBe(status);
  });
});

describe('a stream of the Gemini wire', () => {
  it('is one JSON array, and so is its error, where no events were asked for', async () => {
    const whole = await (await post(simulator, says(user), at('echo', 'streamGenerateContent'))).json();
    const failed = await (await post(simulator, says(user), at('error-503', 'streamGenerateContent'))).json();
    expect([whole, failed]).toMatchObject([
      [{ candidates: [{ content: { parts: [{ text: 'Hi' }] } }] }, { candidates: [{ finishReason: 'STOP' }] }],
      [{ error: { code: 503, status: 'UNAVAILABLE' } }],
    ]);
  });

  it('is events with carriage returns where they were asked for', async () => {
    const response = await post(simulator, says(user), { path: `${at('echo', 'streamGenerateContent').path}?alt=sse` });
    const text = await response.text();
    expect([text.endsWith('\r\n\r\n'), readEvents(text.replaceAll('\r', '')).length]).toEqual([true, 2]);
  });

  it('is not closed where its last frame is missing', async () => {
    const text = await (await post(simulator, says(user), at('no-end-frame', 'streamGenerateContent'))).text();
    expect(() => JSON.parse(text) as unknown).toThrow();
  });
});

it('says how long to wait in RetryInfo', async () => {
  const response = await post(simulator, says(user), at('retry-after-vendor-3'));
  expect(await response.json()).toMatchObject({
    error: {
      status: 'RESOURCE_EXHAUSTED',
      details: expect.arrayContaining([
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
      ]) as unknown,
    },
  });
});
