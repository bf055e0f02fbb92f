import type { StreamScanner } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutUp, outcomeOf } from './__fixtures__/cuts.js';
import { createOpenAiScanner } from './openai-wire.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const open = (wire = {}, wantsUsage = false) => createOpenAiScanner({ wire, wantsUsage });
const push = (scanner: StreamScanner, ...chunks: readonly unknown[]) => text(scanner.push(Buffer.from(frames(chunks))));
const frames = (chunks: readonly unknown[]) =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('');

const delta = (fields: object, more: object = {}) => ({
  model: 'm',
  choices: [{ index: 0, delta: fields, finish_reason: null, ...more }],
});
const ROLE = delta({ role: 'assistant', content: '' });
const TEXT = delta({ content: 'Hello' });
const FINISH = delta({}, { finish_reason: 'stop' });
const USAGE = { model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };
const COUNTS = { inputTokens: 3, outputTokens: 2 };

describe('the scanner of chat chunks', () => {
  it.for([
    [delta({ content: 'a' }), true],
    [delta({ reasoning_content: 'a' }), true],
    [delta({ reasoning: 'a' }), true],
    [delta({ refusal: 'a' }), true],
    [delta({ tool_calls: [{ index: 0 }] }), true],
    [delta({ function_call: { name: 'f' } }), true],
    [delta({ audio: { data: 'AAAA' } }), true],
    [ROLE, false],
    [delta({ role: 'assistant', name: 'bot', content: null, tool_calls: [] }), false],
    [delta({}, { delta: null }), false],
    [FINISH, false],
    [USAGE, false],
  ])('sees content in %j: %s', ([chunk, committed]) => {
    const scanner = open();
    push(scanner, chunk);
    expect(scanner.committed).toBe(committed);
  });

  it('finds model, usage, finish and the size of the output', () => {
    const scanner = open();
    push(scanner, ROLE, TEXT, delta({ tool_calls: [{ function: { arguments: '{}' } }] }), FINISH, USAGE, '[DONE]');
    expect(scanner.summary()).toEqual({
      model: 'm',
      usage: COUNTS,
      finish: { unified: 'stop', raw: 'stop' },
      outputChars: 7,
    });
  });

  it.for([
    [false, frames([TEXT, FINISH, '[DONE]'])],
    [true, frames([TEXT, FINISH, USAGE, '[DONE]'])],
  ] as const)('gives the usage chunk to a caller that wants it: %s', ([wantsUsage, passed]) => {
    expect(push(open({}, wantsUsage), TEXT, FINISH, USAGE, '[DONE]')).toBe(passed);
  });

  it('knows the service tier that was used, from the chunk that says how it ended', () => {
    const scanner = createOpenAiScanner({ wire: {}, wantsUsage: true });
    scanner.push(Buffer.from(`data: ${JSON.stringify({ ...FINISH, service_tier: 'flex' })}\n\n`));
    expect(scanner.summary().serviceTier).toBe('flex');
  });

  it('keeps a chunk that brings usage beside a choice', () => {
    const chunk = { ...FINISH, usage: USAGE.usage };
    expect(push(open(), TEXT, chunk)).toBe(frames([TEXT, chunk]));
  });

  it.for([
    [{ x_groq: { usage: USAGE.usage } }],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: USAGE.usage }] }],
  ])('reads the usage in %j', ([fields]) => {
    const scanner = open();
    push(scanner, TEXT, { ...FINISH, ...fields });
    expect(scanner.summary().usage).toEqual(COUNTS);
  });

  it('takes the last of many counts', () => {
    const scanner = open();
    push(scanner, { ...TEXT, usage: { prompt_tokens: 3, completion_tokens: 1 } }, { ...TEXT, usage: USAGE.usage });
    expect(scanner.summary().usage).toEqual(COUNTS);
  });

  it('keeps the counts it has where later ones are none', () => {
    const scanner = open();
    push(scanner, { ...TEXT, usage: USAGE.usage }, { ...TEXT, usage: { prompt_tokens: -1 } });
    expect(scanner.summary().usage).toEqual(COUNTS);
  });

  it('supplies the [DONE] that a server left out', () => {
    const scanner = open();
    push(scanner, TEXT, FINISH, USAGE);
    expect(text(scanner.end())).toBe('data: [DONE]\n\n');
  });

  it('adds nothing to a stream that has its [DONE]', () => {
    const scanner = open();
    push(scanner, TEXT, FINISH, '[DONE]');
    expect(text(scanner.end())).toBe('');
  });

  it('commits to an empty answer with its [DONE]', () => {
    const scanner = open();
    push(scanner, ROLE, FINISH, '[DONE]');
    expect([scanner.committed, scanner.failure]).toEqual([true, undefined]);
  });

  it('refuses a stream that is over before it said anything', () => {
    const scanner = open();
    const passed = push(scanner, USAGE, '[DONE]');
    expect([passed, scanner.committed, scanner.failure?.code]).toEqual(['', false, 'upstream_invalid_response']);
  });

  it('takes a stream without a finish reason for cut', () => {
    const scanner = open();
    push(scanner, ROLE, TEXT);
    expect(() => scanner.end()).toThrow(/ended before/);
  });

  it('waits for the finish reason of every choice', () => {
    const scanner = open({ n: 2 });
    push(scanner, TEXT, FINISH);
    expect(() => scanner.end()).toThrow(/ended before/);
    push(scanner, { choices: [{ index: 1, delta: {}, finish_reason: 'length' }] });
    expect(text(scanner.end())).toBe('data: [DONE]\n\n');
  });

  it.for(['error', 'network_error', 'insufficient_system_resource'])(
    'takes the finish reason %s for a failure',
    (reason) => {
      const scanner = open();
      const passed = push(scanner, TEXT, delta({}, { finish_reason: reason }), '[DONE]');
      expect([passed, scanner.failure?.code]).toEqual([frames([TEXT]), 'upstream_invalid_response']);
    },
  );

  it.for([
    [{ error: { code: 429, message: 'slow down' } }, 'upstream_rate_limited'],
    [{ error: 'crashed' }, 'upstream_invalid_response'],
    [{ object: 'error', message: 'busy', code: 503 }, 'overloaded'],
    [{ ...delta({}, { finish_reason: 'error' }), error: { code: 502 } }, 'upstream_invalid_response'],
  ] as const)('notices %j after the first content', ([chunk, code]) => {
    const scanner = open();
    const passed = push(scanner, TEXT, chunk, '[DONE]');
    expect([passed, scanner.failure?.code]).toEqual([frames([TEXT]), code]);
  });

  it('notices an event named error', () => {
    const scanner = open();
    push(scanner, TEXT);
    scanner.push(Buffer.from('event: error\ndata: {"message":"gone"}\n\n'));
    expect(scanner.failure?.code).toBe('upstream_invalid_response');
  });

  it.for(['nonsense', '[]', '7', { choices: [7] }])('refuses %j as a chunk', (chunk) => {
    const scanner = open();
    push(scanner, chunk);
    expect(scanner.failure?.code).toBe('upstream_invalid_response');
  });

  it('keeps empty events from the caller, whose SDK would choke on them', () => {
    expect(push(open(), '', ROLE, TEXT)).toBe(frames([ROLE, TEXT]));
  });

  it("is not misled by a model's words", () => {
    const scanner = open();
    const forged = delta({ content: '","finish_reason":"error"}\n\ndata: [DONE]\n\n{"error":{"code":429}}' });
    push(scanner, TEXT, forged);
    expect([scanner.failure, scanner.summary().finish]).toEqual([undefined, undefined]);
    expect(() => scanner.end()).toThrow(/ended before/);
  });

  it('reads chunks written with spaces', () => {
    const scanner = open();
    const spaced = (chunk: unknown) => JSON.stringify(chunk, undefined, 1).replaceAll(/\n */g, ' ');
    push(scanner, ...[TEXT, TEXT, FINISH, USAGE].map(spaced));
    expect(scanner.summary()).toMatchObject({ usage: COUNTS, finish: { unified: 'stop' }, outputChars: 10 });
  });

  it('forwards the same bytes with the same verdicts wherever the reads are cut', () => {
    const said = fc.string({ unit: 'grapheme' }).map((content) => delta({ content }));
    const bad = fc.constantFrom<unknown>({ error: { code: 503 } }, delta({}, { finish_reason: 'error' }));
    const usual = fc.oneof(said, fc.constantFrom<unknown>(ROLE, FINISH, USAGE, '[DONE]'));
    const chunk = fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: bad });
    fc.assert(
      fc.property(
        fc.array(chunk),
        fc.array(fc.integer({ min: 1, max: 99 })),
        fc.boolean(),
        (chunks, cuts, wantsUsage) => {
          const all = Buffer.from(frames(chunks));
          expect(outcomeOf(open({}, wantsUsage), cutUp(all, cuts))).toEqual(outcomeOf(open({}, wantsUsage), [all]));
        },
      ),
    );
  });
});
