import type { GatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import {
  classifyInBand,
  inspectChat,
  inspectEmbeddings,
  isFailedFinish,
  parseOpenAiError,
  readImageUrl,
  readOpenAiError,
  readUsage,
  toFinish,
  writeAssistant,
  writeFinishReason,
  writeImageUrl,
  writeUsage,
} from './openai-wire.js';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const withCode = (code: string) => expect.objectContaining({ code }) as GatewayError;

describe('readOpenAiError', () => {
  it.for([
    [
      { error: { message: 'no', type: 't', param: 'p', code: 'c' } },
      { message: 'no', type: 't', param: 'p', code: 'c' },
    ],
    [{ error: { message: 'no', code: 400 } }, { message: 'no', code: '400' }],
    [
      { message: 'no', type: 't', param: null, code: 'c' },
      { message: 'no', type: 't', code: 'c' },
    ],
    [
      { object: 'error', message: 'no', type: 'BadRequestError', code: 400 },
      { message: 'no', type: 'BadRequestError', code: '400' },
    ],
    [{ error: 'no' }, { message: 'no' }],
    [
      { code: 'c', error: 'no' },
      { message: 'no', code: 'c' },
    ],
    [{ detail: 'no' }, { message: 'no' }],
    [{ detail: [{ loc: ['body'], msg: 'no' }] }, { message: 'no' }],
    [{ detail: [{ loc: ['body', 'messages', 0, 'x'], msg: 'no' }] }, { message: 'no', param: 'messages.0.x' }],
    [
      { object: 'error', message: { detail: [{ loc: ['body', 'user'], msg: 'no' }] }, type: 'invalid_request_error' },
      { message: 'no', type: 'invalid_request_error', param: 'user' },
    ],
    [[{ error: { message: 'no' } }], { message: 'no' }],
    [
      { choices: null, base_resp: { status_code: 1002, status_msg: 'no' } },
      { message: 'no', code: 'base_resp 1002' },
    ],
    ['no', {}],
    [null, {}],
    [[], {}],
  ])('reads %j', ([body, expected]) => expect(readOpenAiError(body)).toEqual(expected));

  it.for(['', '<html>', '{"error"', '\u0000'])('finds nothing in %j', (text) =>
    expect(parseOpenAiError(bytes(text))).toEqual({}),
  );
});

describe('classifyInBand', () => {
  it.for([
    [{ code: '429' }, 'upstream_rate_limited'],
    [{ code: 'insufficient_quota' }, 'upstream_rate_limited'],
    [{ type: 'overloaded_error' }, 'overloaded'],
    [{ type: 'authentication_error' }, 'upstream_auth_error'],
    [{ type: 'invalid_request_error', message: 'no' }, 'upstream_rejected'],
    [{ code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [{ code: 'timeout' }, 'upstream_timeout'],
    [{ type: 'server_error' }, 'upstream_invalid_response'],
    [{ code: '42' }, 'upstream_invalid_response'],
    [{ code: '1302' }, 'upstream_rate_limited'],
    [{ code: '1113' }, 'upstream_auth_error'],
    [{ code: '1211', message: 'no such model' }, 'upstream_model_not_found'],
    [{ code: '1301', message: 'Potentially unsafe or sensitive content in input.' }, 'content_policy_violation'],
    [{ code: 'base_resp 1026', message: 'input new_sensitive' }, 'content_policy_violation'],
    [{ code: 'base_resp 1002' }, 'upstream_rate_limited'],
    [{ code: 'The service is currently unavailable' }, 'overloaded'],
    [{}, 'upstream_invalid_response'],
  ] as const)('takes %j for %s', ([vendor, code]) => expect(classifyInBand(vendor).code).toBe(code));
});

describe('readUsage', () => {
  it.for([
    [
      { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
      { inputTokens: 9, outputTokens: 4 },
    ],
    [
      { prompt_tokens: 9, total_tokens: 9 },
      { inputTokens: 9, outputTokens: 0 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 } },
      { inputTokens: 9, outputTokens: 4, cachedInputTokens: 5, cacheWriteTokens: 2 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 3 } },
      { inputTokens: 9, outputTokens: 4, reasoningTokens: 3 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 8 },
      { inputTokens: 9, outputTokens: 4, cachedInputTokens: 8 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 4, cached_tokens: 7 },
      { inputTokens: 9, outputTokens: 4, cachedInputTokens: 7 },
    ],
  ])('reads %j', ([usage, expected]) => expect(readUsage(usage)).toEqual(expected));

  it.for([
    [
      'the total says so',
      { prompt_tokens: 9, completion_tokens: 4, total_tokens: 18, completion_tokens_details: { reasoning_tokens: 5 } },
    ],
    [
      'it is the larger',
      { prompt_tokens: 9, completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 5 } },
    ],
  ] as const)('adds reasoning to the output where %s', ([, usage]) => {
    expect(readUsage(usage)).toEqual({ inputTokens: 9, outputTokens: 9, reasoningTokens: 5 });
  });

  it('adds the reasoning that Perplexity tells apart', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 40,
      total_tokens: 49,
      reasoning_tokens: 5,
      citation_tokens: 3,
    };
    expect(readUsage(usage)).toEqual({ inputTokens: 9, outputTokens: 45, reasoningTokens: 5 });
  });

  it('adds cached tokens to an input that leaves them out', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 10 } };
    expect(readUsage(usage)).toMatchObject({ inputTokens: 13, cachedInputTokens: 10 });
  });

  it.for([
    null,
    7,
    {},
    { prompt_tokens: -1, completion_tokens: 1 },
    { prompt_tokens: '12', completion_tokens: 1 },
    { prompt_tokens: 1e300, completion_tokens: 1 },
    { prompt_tokens: 1, completion_tokens: 1.5 },
    { prompt_tokens: 1, completion_tokens: null },
  ])('does not believe %j', (usage) => expect(readUsage(usage)).toBeUndefined());

  it('reads what writeUsage wrote', () => {
    const usage = { inputTokens: 9, outputTokens: 7, cachedInputTokens: 3, cacheWriteTokens: 2, reasoningTokens: 5 };
    expect(readUsage(writeUsage(usage))).toEqual(usage);
  });
});

describe('finish reasons', () => {
  it.for([
    ['stop', 'stop', 'stop'],
    ['eos', 'stop', 'stop'],
    ['model_length', 'length', 'length'],
    ['function_call', 'tool-calls', 'tool_calls'],
    ['sensitive', 'content-filter', 'content_filter'],
    ['abort', 'other', 'stop'],
  ] as const)('reads %s as %s, written %s', ([raw, unified, written]) => {
    const finish = toFinish(raw);
    expect([finish, writeFinishReason(finish)]).toEqual([{ unified, raw }, written]);
  });

  it.for([
    ['error', true],
    ['network_error', true],
    ['insufficient_system_resource', true],
    ['stop', false],
  ] as const)('knows whether %s is a failed generation', ([raw, failed]) => expect(isFailedFinish(raw)).toBe(failed));
});

describe('inspectChat', () => {
  const answer = (choice: object) =>
    bytes({ model: 'm', choices: [choice], usage: { prompt_tokens: 1, completion_tokens: 2 } });

  it('finds model, usage, finish and the size of the output', () => {
    const message = {
      content: 'four',
      reasoning: '12',
      refusal: null,
      tool_calls: [{ function: { name: 'f', arguments: '{}' } }, 7],
    };
    expect(inspectChat(answer({ message, finish_reason: 'stop' }))).toEqual({
      model: 'm',
      usage: { inputTokens: 1, outputTokens: 2 },
      finish: { unified: 'stop', raw: 'stop' },
      outputChars: 8,
    });
  });

  it('does without what a server left out', () => {
    expect(inspectChat(bytes({ choices: [{ message: {} }] }))).toEqual({ outputChars: 0 });
  });

  it.for([
    ['', 'upstream_invalid_response'],
    ['<html></html>', 'upstream_invalid_response'],
    ['null', 'upstream_invalid_response'],
    ['[]', 'upstream_invalid_response'],
    ['{}', 'upstream_invalid_response'],
    ['{"choices":[]}', 'upstream_invalid_response'],
    ['{"choices":[{"text":"a"}]}', 'upstream_invalid_response'],
    ['{"choices":[{"message":{"content":"a"},"finish_reason":"error"}]}', 'upstream_invalid_response'],
    ['{"error":{"message":"no","code":"rate_limit_exceeded"}}', 'upstream_rate_limited'],
    ['{"error":"model is loading"}', 'upstream_invalid_response'],
    ['{"object":"error","message":"no","code":503}', 'overloaded'],
    ['{"choices":null,"base_resp":{"status_code":1002,"status_msg":"no"}}', 'upstream_rate_limited'],
    ['{"choices":[{"message":', 'upstream_truncated'],
  ] as const)('refuses %j with %s', ([text, code]) => {
    expect(() => inspectChat(bytes(text))).toThrow(withCode(code));
  });

  it('takes an answer beside an empty error', () => {
    expect(() => inspectChat(bytes({ error: null, choices: [{ message: { content: 'a' } }] }))).not.toThrow();
  });
});

describe('inspectEmbeddings', () => {
  it('finds model and usage', () => {
    const body = {
      model: 'm',
      data: [{ embedding: [1] }, { embedding: 'AACAPw==' }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    };
    expect(inspectEmbeddings(bytes(body))).toEqual({ model: 'm', usage: { inputTokens: 2, outputTokens: 0 } });
  });

  it.for(['{}', '{"data":[]}', '{"data":[{"embedding":null}]}', '{"data":[7]}'])('refuses %j', (text) => {
    expect(() => inspectEmbeddings(bytes(text))).toThrow(withCode('upstream_invalid_response'));
  });

  it('tells of the error inside', () => {
    expect(() => inspectEmbeddings(bytes({ error: { code: 401 } }))).toThrow(withCode('upstream_auth_error'));
  });
});

describe('shapes that both sides write', () => {
  it.for([
    ['data:image/png;base64,AAAA', { kind: 'base64', mediaType: 'image/png', base64: 'AAAA' }],
    ['https://img.example/a,b.png', { kind: 'url', url: 'https://img.example/a,b.png' }],
    ['data:image/svg+xml,%3Csvg/%3E', { kind: 'url', url: 'data:image/svg+xml,%3Csvg/%3E' }],
  ] as const)('reads the image %s and writes it again', ([url, source]) => {
    expect([readImageUrl(url), writeImageUrl(source)]).toEqual([source, url]);
  });

  it('writes an assistant without what it did not say', () => {
    expect(
      writeAssistant([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]),
    ).toEqual({ role: 'assistant', content: 'ab' });
  });
});
