import type { Limiter, ModelFacts, PriceUse } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL } from '../__fixtures__/bench.js';
import { PASSES, fastBench } from '../__fixtures__/fast-bench.js';
import { candidateAt, configured, factsOf } from '../__fixtures__/snapshots.js';
import { toyProvider } from '../__fixtures__/toy-provider.js';
import { Call } from '../call.js';
import { Asking } from './asking.js';
import type { AskingParts } from './asking.js';

const PICO_PER_NANO = 1_000;

/** A nano-USD for each token. */
const priceUse: PriceUse = ({ usage }) => BigInt((usage.inputTokens + usage.outputTokens) * PICO_PER_NANO);

function callOf(bodyBytes: number): Call {
  const received = {
    requestId: 'r1',
    headers: {},
    trace: { traceId: 't', spanId: 's', traceparent: 'p' },
    signal: new AbortController().signal,
    readBody: () => Promise.resolve(new Uint8Array()),
  };
  const call = new Call(received, '/toy', { clock: createManualClock(), onInternalError: () => undefined });
  call.bodyBytes = bodyBytes;
  return call;
}

const PRICED = factsOf({ prices: [{ picoUsd: { input: 1, output: 1 } }] });

/** A chat of 30 bytes that may be answered by models of these facts. */
function askingOf(facts: readonly (ModelFacts | undefined)[], more: Partial<AskingParts> = {}): Asking {
  const known = Object.fromEntries(facts.flatMap((each, index) => (each ? [[String(index), each]] : [])));
  const provider = configured('p', toyProvider(), { facts: known });
  return new Asking({
    call: callOf(30),
    principal: PRINCIPAL,
    operation: 'chat',
    dialect: 'openai-chat',
    wire: {},
    candidates: facts.map((_, index) => candidateAt(provider, String(index))),
    priceUse,
    assumedOutputTokens: 100,
    mayGoElsewhere: true,
    ...more,
  });
}

describe('what a request may cost', () => {
  it('is known where every target has a price', () => {
    const { mayBeUnpriced, atMost } = askingOf([PRICED, PRICED]);
    expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([false, 110]);
  });

  it('may be unknown where one of the targets has none, whatever the others cost', () => {
    for (const facts of [[PRICED, factsOf()], [undefined, PRICED], [factsOf()], []]) {
      const { mayBeUnpriced, atMost } = askingOf(facts);
      expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([true, facts.includes(PRICED) ? 110 : undefined]);
    }
  });

  it('may be unknown where no price covers what is asked', () => {
    expect(askingOf([PRICED], { priceUse: () => undefined }).mayBeUnpriced).toBe(true);
    expect(askingOf([PRICED], { priceUse: undefined }).mayBeUnpriced).toBe(true);
  });

  it('is nothing where tokens are only counted', () => {
    const { mayBeUnpriced, atMost } = askingOf([undefined], { operation: 'countTokens' });
    expect([mayBeUnpriced, atMost.nanoUsd]).toEqual([false, 0]);
  });
});

describe('the output that a request may have', () => {
  const outputOf = (dialect: string | undefined, wire: object): number =>
    askingOf([PRICED], { dialect, wire: { ...wire } }).atMost.outputTokens;

  it.each([
    ['openai-chat', { max_completion_tokens: 7 }, { max_output_tokens: 1, maxTokens: 1 }],
    ['openai-chat', { max_tokens: 7 }, { generationConfig: { maxOutputTokens: 1, candidateCount: 5 } }],
    ['openai-completions', { max_tokens: 7 }, { max_completion_tokens: 1 }],
    ['openai-responses', { max_output_tokens: 7 }, { max_tokens: 1, n: 5 }],
    ['anthropic-messages', { max_tokens: 7 }, { max_output_tokens: 1, n: 5 }],
    ['gemini-generate', { generationConfig: { maxOutputTokens: 7 } }, { max_tokens: 1, n: 5 }],
    ['gemini-generate', { generation_config: { max_output_tokens: 7 } }, { inferenceConfig: { maxTokens: 1 } }],
  ])('of %s is bound by what that reads, and by nothing else', (dialect, own, others) => {
    expect([outputOf(dialect, own), outputOf(dialect, others), outputOf(dialect, { ...others, ...own })]).toEqual([
      7, 100, 7,
    ]);
  });

  it('is as much for each answer that is asked for', () => {
    expect(outputOf('openai-chat', { max_tokens: 7, n: 3 })).toBe(21);
    expect(outputOf('openai-completions', { max_tokens: 7, n: 2, best_of: 4 })).toBe(28);
    expect(outputOf('openai-completions', { max_tokens: 7, n: 2, prompt: ['a', 'b', 'c'] })).toBe(42);
    expect(outputOf('openai-completions', { max_tokens: 7, prompt: [1, 2, 3] })).toBe(7);
    expect(outputOf('gemini-generate', { n: 1, generationConfig: { maxOutputTokens: 7, candidateCount: 3 } })).toBe(21);
  });

  it('is what is assumed where nobody knows how the body is read, and more where it may be', () => {
    for (const wire of [{}, { max_tokens: 1 }, { max_output_tokens: 1 }, { inferenceConfig: { maxTokens: 1 } }]) {
      expect(outputOf(undefined, wire)).toBe(100);
    }
    expect(outputOf(undefined, { inferenceConfig: { maxTokens: 5_000 } })).toBe(5_000);
    expect(outputOf(undefined, { max_tokens: 200, n: 2 })).toBe(400);
  });
});

it('what limits ask of a call is told without reading its long texts', async () => {
  const told: unknown[] = [];
  const admission = { headers: {}, settle: () => undefined };
  const limiter: Limiter = {
    free: () => undefined,
    admit({ endUser, mayBeUnpriced, atMost: { inputTokens, outputTokens, nanoUsd } }) {
      told.push({ endUser, mayBeUnpriced, inputTokens, outputTokens, nanoUsd });
      return Promise.resolve(admission);
    },
    admitInTurn: () => Promise.resolve(admission),
  };
  const bench = fastBench([], { ...PASSES, ports: { limiter, priceUse } });
  // What stands behind the beginning of the text is no JSON, as who reads all of it would find.
  const text = `${'Hello. '.repeat(10_000)}${String.raw`\x`}`;
  const body = `{"model":"fast","say":"${text}","user":"ann","max_tokens":1}`;
  await bench.call(Buffer.from(body));
  expect(told).toEqual([
    {
      endUser: 'ann',
      mayBeUnpriced: true,
      inputTokens: Math.ceil(body.length / 3),
      outputTokens: 4_096,
      nanoUsd: undefined,
    },
  ]);
});
