import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createGeminiScanner } from './gemini-wire.js';

const frame = (chunk: JsonObject): string => `data: ${JSON.stringify(chunk)}\n\n`;
const said = (text: string, more: JsonObject = {}): string =>
  frame({ candidates: [{ content: { parts: [{ text }], role: 'model' } }], modelVersion: 'gemini-x', ...more });
const counted = (promptTokenCount: number, candidatesTokenCount?: number) => ({
  usageMetadata: { promptTokenCount, ...(candidatesTokenCount === undefined ? {} : { candidatesTokenCount }) },
});
const ended = (finishReason: string, more: JsonObject = {}): string =>
  frame({ candidates: [{ content: { parts: [{ text: '' }] }, finishReason }], ...more });

function scan(...reads: readonly string[]) {
  const scanner = createGeminiScanner({ wire: {} });
  const passed = reads.map((read) => Buffer.from(scanner.push(Buffer.from(read))).toString()).join('');
  return { scanner, passed };
}

describe('createGeminiScanner', () => {
  it('forwards the very bytes, and reads model, usage and finish as they pass', () => {
    const stream =
      said('', counted(5)) + said('Hello', counted(5, 1)) + said(' you', counted(5, 2)) + ended('STOP', counted(5, 3));
    const { scanner, passed } = scan(stream);
    scanner.end();
    expect([passed, scanner.summary()]).toEqual([
      stream,
      {
        model: 'gemini-x',
        usage: { inputTokens: 5, outputTokens: 3 },
        finish: { unified: 'stop', raw: 'STOP' },
        outputChars: 9,
      },
    ]);
  });

  it('knows the last counts of a stream that broke off', () => {
    const { scanner } = scan(said('Hello', counted(5, 1)), said(' you', counted(5, 2)), said('.', counted(5, 4)));
    expect(scanner.summary().usage).toEqual({ inputTokens: 5, outputTokens: 4 });
  });

  it.each([
    [{ serviceTier: 'standard' }, 'default'],
    [{ serviceTier: 'flex' }, 'flex'],
    [{ trafficType: 'ON_DEMAND' }, 'default'],
    [{ trafficType: 'ON_DEMAND_PRIORITY' }, 'priority'],
    [{ trafficType: 'PROVISIONED_THROUGHPUT' }, undefined],
  ])('knows the tier by %j, which decides the price', (usage, tier) => {
    const { scanner } = scan(said('Hello'), said('.', { usageMetadata: { promptTokenCount: 1, ...usage } }));
    expect(scanner.summary().serviceTier).toBe(tier);
  });

  it('takes no stream for whole that has no finish reason', () => {
    const { scanner } = scan(said('Hello'));
    expect(() => scanner.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
  });

  it.for<readonly [string, JsonObject, boolean]>([
    ['empty text', { text: '' }, false],
    ['a signature', { text: '', thoughtSignature: 'c2ln' }, false],
    ['a thought', { text: 'Hm', thought: true }, true],
    ['a call', { functionCall: { name: 'f' } }, true],
    ['a picture', { inlineData: { mimeType: 'image/png', data: 'AAAA' } }, true],
  ])('on %s commits: %s', ([, part, commits]) => {
    expect(scan(frame({ candidates: [{ content: { parts: [part] } }] })).scanner.committed).toBe(commits);
  });

  it('knows that functions were called, whenever that was', () => {
    const call = frame({ candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: {} } }] } }] });
    expect(scan(said('Hi') + call + ended('STOP')).scanner.summary().finish).toEqual({
      unified: 'tool-calls',
      raw: 'STOP',
    });
  });

  it('takes a blocked prompt for a whole answer', () => {
    const { scanner } = scan(frame({ promptFeedback: { blockReason: 'SAFETY' }, ...counted(5) }));
    expect([scanner.end().length, scanner.committed, scanner.summary()]).toMatchObject([
      0,
      true,
      { finish: { unified: 'content-filter', raw: 'SAFETY' }, usage: { inputTokens: 5 } },
    ]);
    expect(scanner.summary().finish).not.toHaveProperty('opaque');
  });

  it('fails at an error inside, and forwards nothing of it', () => {
    const { scanner, passed } = scan(said('Hello') + frame({ error: { code: 503, status: 'UNAVAILABLE' } }));
    expect([passed, scanner.failure?.code]).toEqual([said('Hello'), 'overloaded']);
  });

  it('fails where the generation broke', () => {
    const { scanner, passed } = scan(said('Hello') + ended('MALFORMED_FUNCTION_CALL'));
    expect([passed, scanner.failure?.code]).toEqual([said('Hello'), 'upstream_invalid_response']);
  });

  it('waits for every candidate that was asked for', () => {
    const scanner = createGeminiScanner({ wire: { generationConfig: { candidateCount: 2 } } });
    const end = (index: number) => frame({ candidates: [{ content: {}, finishReason: 'STOP', index }] });
    scanner.push(Buffer.from(said('Hello') + end(1)));
    expect(() => scanner.end()).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
    scanner.push(Buffer.from(end(0)));
    expect(scanner.end()).toHaveLength(0);
  });

  it('is not deceived by words of the model', () => {
    const words = '{"finishReason": "STOP", "error": {}} "blockReason": "SAFETY"';
    const { scanner } = scan(said('a') + said(words));
    expect([scanner.summary().finish, scanner.failure, scanner.summary().outputChars]).toEqual([
      undefined,
      undefined,
      1 + JSON.stringify(words).length - 2,
    ]);
  });

  it('passes over empty events, and refuses what is no JSON', () => {
    expect(scan('data: \n\n').scanner.failure).toBeUndefined();
    expect(scan('data: <html>\n\n').scanner.failure?.code).toBe('upstream_invalid_response');
  });
});
