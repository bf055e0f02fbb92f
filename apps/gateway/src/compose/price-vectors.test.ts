import type { Usage } from '@sluice/contract';
import { priceUse } from '@sluice/ledger';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse-config.js';
import { composeCatalogue } from './catalogue.js';

type Vector = readonly [what: string, model: string, usage: Partial<Usage>, tier: string | undefined, usd: string];

/** Prices in USD for a million tokens, from the vendors' pages; each sum was made by hand from them. */
const OPENAI: readonly Vector[] = [
  // gpt-5: 1.25 in, 0.125 cached, 10 out; flex and batch half, priority twice.
  ['input and output', 'gpt-5', { inputTokens: 1_000, outputTokens: 500 }, undefined, '0.00625'],
  ['input alone', 'gpt-5', { inputTokens: 8 }, undefined, '0.00001'],
  ['output alone', 'gpt-5', { outputTokens: 3 }, undefined, '0.00003'],
  ['cached input', 'gpt-5', { inputTokens: 10_000, cachedInputTokens: 8_000 }, undefined, '0.0035'],
  ['cached input whole', 'gpt-5', { inputTokens: 4_096, cachedInputTokens: 4_096 }, undefined, '0.000512'],
  [
    'reasoning as output',
    'gpt-5',
    { inputTokens: 100, outputTokens: 900, reasoningTokens: 800 },
    undefined,
    '0.009125',
  ],
  ['the flex tier', 'gpt-5', { inputTokens: 1_000, outputTokens: 500 }, 'flex', '0.003125'],
  ['the batch tier', 'gpt-5', { inputTokens: 1_000, outputTokens: 500 }, 'batch', '0.003125'],
  ['the priority tier', 'gpt-5', { inputTokens: 1_000, outputTokens: 500 }, 'priority', '0.0125'],
  [
    'cached input in the priority tier',
    'gpt-5',
    { inputTokens: 1_000, cachedInputTokens: 1_000 },
    'priority',
    '0.00025',
  ],
  ['the tier "default"', 'gpt-5', { inputTokens: 1_000, outputTokens: 500 }, 'default', '0.00625'],
  // gpt-4o: 2.5 in, 1.25 cached, 10 out; batch 1.25 and 5; priority 4.25, 2.125, 17.
  ['another model', 'gpt-4o', { inputTokens: 2_000, outputTokens: 100 }, undefined, '0.006'],
  ['another model in batch', 'gpt-4o', { inputTokens: 2_000, outputTokens: 100 }, 'batch', '0.003'],
  [
    'a part of it cached',
    'gpt-4o',
    { inputTokens: 2_000, cachedInputTokens: 1_920, outputTokens: 1 },
    undefined,
    '0.00261',
  ],
  [
    'its priority tier',
    'gpt-4o',
    { inputTokens: 400, cachedInputTokens: 200, outputTokens: 10 },
    'priority',
    '0.001445',
  ],
  ['a dated name', 'gpt-4o-2024-08-06', { inputTokens: 2_000, outputTokens: 100 }, undefined, '0.006'],
  // text-embedding-3-small: 0.02 in. whisper-1: 0.0001 a second. tts-1: 15 for a million characters.
  ['an embedding', 'text-embedding-3-small', { inputTokens: 12_345 }, undefined, '0.0002469'],
  ['an embedding in batch', 'text-embedding-3-small', { inputTokens: 12_345 }, 'batch', '0.00012345'],
  ['seconds of audio, each that has begun', 'whisper-1', { audioSeconds: 61.2 }, undefined, '0.0062'],
  ['characters read aloud', 'tts-1', { characters: 1_234 }, undefined, '0.01851'],
  // gpt-audio: 2.5 in, 32 for audio, 10 out, 64 for audio.
  [
    'audio heard and spoken, beside text',
    'gpt-audio',
    { inputTokens: 500, audioInputTokens: 400, outputTokens: 200, audioOutputTokens: 150 },
    undefined,
    '0.02315',
  ],
];

const ANTHROPIC: readonly Vector[] = [
  // claude-sonnet-4-5: 3 in, 0.3 read from the cache, 3.75 written for 5 min, 6 for 1 h, 15 out.
  ['input and output', 'claude-sonnet-4-5', { inputTokens: 1_000, outputTokens: 200 }, undefined, '0.006'],
  ['read from the cache', 'claude-sonnet-4-5', { inputTokens: 10_000, cachedInputTokens: 9_000 }, undefined, '0.0057'],
  ['written to the cache', 'claude-sonnet-4-5', { inputTokens: 2_000, cacheWriteTokens: 1_600 }, undefined, '0.0072'],
  [
    'written for an hour',
    'claude-sonnet-4-5',
    { inputTokens: 2_000, cacheWriteTokens: 1_600, cacheWrite1hTokens: 1_600 },
    undefined,
    '0.0108',
  ],
  [
    'written in part for an hour',
    'claude-sonnet-4-5',
    { inputTokens: 2_000, cacheWriteTokens: 1_600, cacheWrite1hTokens: 600 },
    undefined,
    '0.00855',
  ],
  [
    'read, written, new and answered',
    'claude-sonnet-4-5',
    { inputTokens: 6_000, cachedInputTokens: 3_000, cacheWriteTokens: 2_000, outputTokens: 100 },
    undefined,
    '0.0129',
  ],
  [
    'thought as output',
    'claude-sonnet-4-5',
    { inputTokens: 10, outputTokens: 2_010, reasoningTokens: 2_000 },
    undefined,
    '0.03018',
  ],
  ['the batch tier', 'claude-sonnet-4-5', { inputTokens: 1_000, outputTokens: 200 }, 'batch', '0.003'],
  [
    'read from the cache in batch',
    'claude-sonnet-4-5',
    { inputTokens: 1_000, cachedInputTokens: 1_000 },
    'batch',
    '0.00015',
  ],
  [
    'written for an hour in batch',
    'claude-sonnet-4-5',
    { inputTokens: 2_000, cacheWriteTokens: 1_600, cacheWrite1hTokens: 1_600 },
    'batch',
    '0.0054',
  ],
  // claude-haiku-4-5: 1, 0.1, 1.25, 2, 5. claude-opus-4-5: 5, 0.5, 6.25, 10, 25.
  ['a small model', 'claude-haiku-4-5', { inputTokens: 777, outputTokens: 333 }, undefined, '0.002442'],
  [
    'a small model, cached',
    'claude-haiku-4-5',
    { inputTokens: 777, cachedInputTokens: 700, outputTokens: 3 },
    undefined,
    '0.000162',
  ],
  ['a large model', 'claude-opus-4-5', { inputTokens: 1_000, outputTokens: 1_000 }, undefined, '0.03'],
  ['a large model, written', 'claude-opus-4-5', { inputTokens: 1_024, cacheWriteTokens: 1_024 }, undefined, '0.0064'],
];

const GOOGLE: readonly Vector[] = [
  // gemini-2.5-pro: 1.25, 0.125 cached, 10; above 200,000 tokens of input 2.5, 0.25, 15; batch half of the first and third.
  ['input and output', 'gemini-2.5-pro', { inputTokens: 1_000, outputTokens: 500 }, undefined, '0.00625'],
  ['at the border', 'gemini-2.5-pro', { inputTokens: 200_000, outputTokens: 10 }, undefined, '0.2501'],
  ['one above the border', 'gemini-2.5-pro', { inputTokens: 200_001, outputTokens: 10 }, undefined, '0.5001525'],
  ['cached above the border', 'gemini-2.5-pro', { inputTokens: 300_000, cachedInputTokens: 200_000 }, undefined, '0.3'],
  ['batch above the border', 'gemini-2.5-pro', { inputTokens: 300_000, outputTokens: 1_000 }, 'batch', '0.3825'],
  ['the priority tier', 'gemini-2.5-pro', { inputTokens: 1_000, outputTokens: 500 }, 'priority', '0.01125'],
  // gemini-2.5-flash: 0.3, 0.03 cached, 1 for audio, 2.5; flex 0.15, 0.5 for audio, 1.25.
  [
    'audio among the input',
    'gemini-2.5-flash',
    { inputTokens: 1_000, audioInputTokens: 400, outputTokens: 100 },
    undefined,
    '0.00083',
  ],
  [
    'audio in the flex tier',
    'gemini-2.5-flash',
    { inputTokens: 1_000, audioInputTokens: 400, outputTokens: 100 },
    'flex',
    '0.000415',
  ],
  [
    'thought as output',
    'gemini-2.5-flash',
    { inputTokens: 10, outputTokens: 500, reasoningTokens: 450 },
    undefined,
    '0.001253',
  ],
  // imagen-3.0-generate-001: 0.04 an image.
  ['images', 'imagen-3.0-generate-001', { images: 3 }, undefined, '0.12'],
];

// rerank-v3.5: 2 for a thousand searches.
const COHERE: readonly Vector[] = [['searches', 'rerank-v3.5', { searchUnits: 3 }, undefined, '0.006']];

const catalogue = composeCatalogue(parseConfig({}, { env: {}, cwd: '/' }));

function costOf(kind: string, [, model, usage, serviceTier]: Vector): string | undefined {
  const prices = catalogue.of({ name: kind, kind }).find(model)?.prices ?? [];
  const pico = priceUse({ prices, usage: { inputTokens: 0, outputTokens: 0, ...usage }, serviceTier });
  return pico === undefined ? undefined : usdOf(pico);
}

function usdOf(pico: bigint): string {
  const digits = pico.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
}

describe.each([
  ['openai', OPENAI],
  ['anthropic', ANTHROPIC],
  ['google', GOOGLE],
  ['cohere', COHERE],
])('the price at %s of', (kind, vectors) => {
  it.each(vectors)('%s (%s)', (...vector) => {
    expect(costOf(kind, vector)).toBe(vector[4]);
  });
});

it('by the hour of the day: 0.27 in and 1.1 out, and half of it from 16:30 to 00:30 UTC', () => {
  const prices = [
    { usdPerMillionTokens: { input: 0.27, output: 1.1 } },
    { hours: '16:30-00:30', usdPerMillionTokens: { input: 0.135, output: 0.55 } },
  ];
  const config = parseConfig({ catalogue: { models: { 'deepseek/night-owl': { prices } } } }, { env: {}, cwd: '/' });
  const rows = composeCatalogue(config).find('deepseek', 'night-owl')?.prices ?? [];
  const usage = { inputTokens: 1_000, outputTokens: 100 };
  const costAt = (time: string) => priceUse({ prices: rows, usage, atMs: Date.parse(`2026-01-31T${time}Z`) });
  expect(['16:29:59', '16:30:00', '23:59:59', '00:29:59', '00:30:00'].map(costAt)).toEqual(
    [380, 190, 190, 190, 380].map((microUsd) => BigInt(microUsd) * 1_000_000n),
  );
});

it('there are 40 of them and more', () => {
  expect(OPENAI.length + ANTHROPIC.length + GOOGLE.length).toBeGreaterThanOrEqual(40);
});
