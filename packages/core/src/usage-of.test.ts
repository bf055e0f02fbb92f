import type { AnswerSummary, ChatRequest, ModelFacts, TokenCounter, Usage } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { Call } from './call.js';
import { usageOf } from './usage-of.js';
import type { CallQuestion } from './usage-of.js';

const REQUEST = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(400) }] }],
} as unknown as ChatRequest;
const CHAT: CallQuestion = {
  operation: 'chat',
  dialect: 'openai-chat',
  wire: { max_tokens: 100 },
  parsed: { toRequest: () => REQUEST },
};
const STOP = { unified: 'stop' } as const;
/** Each word is a token. */
const WORDS: TokenCounter = {
  count: (texts) => ({ tokens: texts.join(' ').split(' ').length, isExact: true }),
  ready: () => Promise.resolve(),
};

interface Case {
  readonly summary: AnswerSummary;
  readonly question?: CallQuestion;
  readonly facts?: Partial<ModelFacts>;
  readonly text?: string;
  readonly share?: number;
  readonly tokens?: TokenCounter;
}

function used({ summary, question = CHAT, facts, text, share = 1, tokens }: Case) {
  const trace = { traceId: 't', spanId: 's', traceparent: 'p' };
  const readBody = () => Promise.resolve(new Uint8Array());
  const received = { requestId: 'r', headers: {}, trace, signal: new AbortController().signal, readBody };
  const call = new Call(received, '/toy', { clock: createManualClock(), onInternalError: () => undefined });
  call.question = question;
  call.bodyBytes = 800;
  call.summary = { finish: STOP, ...summary };
  call.served = { provider: 'p', model: 'm' };
  if (text !== undefined) call.outputText = () => ({ text, share });
  return usageOf({ call, facts: facts as ModelFacts | undefined, tokens });
}
const said = (inputTokens: number, outputTokens: number, more: Partial<Usage> = {}): Usage => ({
  inputTokens,
  outputTokens,
  ...more,
});

describe('usage that a provider reports', () => {
  it.each([
    ['as much as was asked for', said(10, 100), {}],
    ['a tenth more, for what ends an answer', said(10, 110), {}],
    ['thoughts beside what was asked for', said(10, 900, { reasoningTokens: 800 }), {}],
    ['long words', said(10, 20), { outputChars: 600 }],
  ])('counts as it is: %s', (_, usage, more) => {
    expect(used({ summary: { usage, ...more } })).toEqual({ usage, source: 'provider' });
  });

  it.each([
    ['ten times what was asked for', said(10, 1_000), 110],
    ['no output, for a long text', said(10, 0), 1_000],
    ['next to no output, for a long text', said(10, 5), 1_000],
  ])('is bounded by what can be, and flagged: %s', (_, usage, outputTokens) => {
    const outputChars = outputTokens === 110 ? 400 : 4_000;
    expect(used({ summary: { usage, outputChars } })).toEqual({
      usage: { inputTokens: 10, outputTokens },
      source: 'provider',
      isSuspect: true,
    });
  });

  it('is bounded by what the model can write, thoughts included', () => {
    const usage = said(10, 90_000, { reasoningTokens: 80_000, billed: { inputTokens: 10, outputTokens: 90_000 } });
    expect(used({ summary: { usage }, facts: { maxOutputTokens: 1_000 } }).usage).toEqual({
      ...usage,
      outputTokens: 1_100,
      billed: { inputTokens: 10, outputTokens: 1_100 },
    });
  });

  it('is bounded for each of several answers', () => {
    const question = { ...CHAT, wire: { max_tokens: 100, n: 3 } };
    expect(used({ summary: { usage: said(10, 300) }, question })).toMatchObject({ source: 'provider' });
    expect(used({ summary: { usage: said(10, 1_000) }, question }).usage?.outputTokens).toBe(330);
  });

  it('has no bound where none is known, or the call is no chat', () => {
    const free = { ...CHAT, wire: {} };
    const speech: CallQuestion = { ...CHAT, operation: 'speech' };
    const usage = said(10, 1_000_000);
    const both = [free, speech].map((question) => used({ summary: { usage }, question }).isSuspect);
    expect(both).toEqual([undefined, undefined]);
  });

  it('that has no input is put right by the prompt', () => {
    expect(used({ summary: { usage: said(0, 20), outputChars: 80 } })).toEqual({
      usage: { inputTokens: 104, outputTokens: 20 },
      source: 'provider',
      isSuspect: true,
    });
  });

  it('that is no usage is flagged, and estimated', () => {
    expect(used({ summary: { outputChars: 80, isUsageOdd: true } })).toEqual({
      usage: { inputTokens: 104, outputTokens: 20 },
      source: 'estimated',
      isSuspect: true,
    });
  });
});

describe('usage that a provider does not report', () => {
  it('is counted where somebody can', () => {
    const counted = used({ summary: { outputChars: 11 }, text: 'one two six', tokens: WORDS });
    expect(counted).toEqual({ usage: { inputTokens: 5, outputTokens: 3 }, source: 'counted' });
  });

  it('is estimated by the beginning of a long answer', () => {
    const estimated = used({ summary: { outputChars: 44 }, text: 'one two six', share: 0.25, tokens: WORDS });
    expect(estimated).toEqual({ usage: { inputTokens: 5, outputTokens: 12 }, source: 'estimated' });
  });

  it('is estimated where the tokenizer is not the model’s own, or is not there yet', () => {
    const other = { ...WORDS, count: () => ({ tokens: 7, isExact: false }) };
    const absent = { ...WORDS, count: () => undefined };
    const summary = { outputChars: 80 };
    expect(used({ summary, text: 'x', tokens: other }).source).toBe('estimated');
    expect(used({ summary, text: 'x', tokens: absent })).toEqual({
      usage: { inputTokens: 104, outputTokens: 20 },
      source: 'estimated',
    });
  });

  it('is estimated by the size of a prompt that cannot be read', () => {
    const toRequest = (): never => {
      throw new Error('unreadable');
    };
    const question = { ...CHAT, parsed: { toRequest } };
    expect(used({ summary: { outputChars: 80 }, question }).usage).toEqual({ inputTokens: 200, outputTokens: 20 });
  });
});
