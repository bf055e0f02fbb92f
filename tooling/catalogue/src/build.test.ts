import { describe, expect, it } from 'vitest';
import { buildCatalogue } from './build.js';
import { REVIEWS } from './reviews.js';

const equals = (name: string) => ({ is: 'ClauseEquals', equals: name });
const chat = (provider: string, change: object = {}) => ({
  litellm_provider: provider,
  mode: 'chat',
  input_cost_per_token: '1e-06',
  output_cost_per_token: '2e-06',
  ...change,
});
const priced = (id: string, input_mtok: string, output_mtok: string) => ({
  id,
  match: equals(id),
  prices: { is: 'ModelPrice', input_mtok, output_mtok },
});

function build(
  litellm: object,
  { genai = [], modelsDev = {} }: { genai?: readonly object[]; modelsDev?: object } = {},
) {
  const built = buildCatalogue({ litellm, 'genai-prices': genai, 'models-dev': modelsDev }, '2026-11-26');
  const idle = (line: string) => line.startsWith('nothing to review matches');
  return { models: built.data.models, questions: built.questions.filter((line) => !idle(line)), all: built.questions };
}

describe('the catalogue that is built', () => {
  it('joins the names for which the same is known', () => {
    const { models } = build({
      'gpt-x': chat('openai'),
      'gpt-x-2026-01-01': chat('openai'),
      'gpt-y': chat('openai', { max_input_tokens: 9 }),
    });
    expect(models.map(({ at }) => at)).toEqual([{ openai: ['gpt-x', 'gpt-x-2026-01-01'] }, { openai: ['gpt-y'] }]);
  });

  it('learns from models.dev what a chat model cannot do, unless another source says that it can', () => {
    const model = { tool_call: false, reasoning: false, modalities: { input: ['text'] } };
    const { models } = build(
      { 'gpt-x': chat('openai', { supports_vision: true }) },
      { modelsDev: { openai: { models: { 'gpt-x': model } } } },
    );
    expect(models[0]?.cannot).toEqual(['audio', 'reasoning', 'tools']);
  });

  it("has OpenRouter's models at its own prices, with the abilities of the maker's", () => {
    const refusing = chat('anthropic', { supports_vision: true, supports_sampling_params: false });
    const { models } = build(
      { 'claude-x-4-5': refusing },
      {
        genai: [{ id: 'openrouter', models: [priced('anthropic/claude-x-4.5', '3', '4'), priced('acme/z', '1', '1')] }],
      },
    );
    expect(models.filter(({ at }) => at['openrouter'])).toEqual([
      {
        at: { openrouter: ['anthropic/claude-x-4.5'] },
        modes: ['chat'],
        can: ['vision'],
        prices: [{ picoUsd: { input: 3_000_000, output: 4_000_000 } }],
      },
    ]);
  });
});

describe('prices on which two sources differ', () => {
  const genai = (provider: string, id: string) => [{ id: provider, models: [priced(id, '1.1', '2')] }];

  it('are a question where nobody looked at them', () => {
    const { questions } = build({ 'gpt-x': chat('openai') }, { genai: genai('openai', 'gpt-x') });
    expect(questions).toEqual([expect.stringContaining('openai/gpt-x: input costs 1000000 by litellm and 1100000')]);
  });

  it('are settled by a review, either way', () => {
    const bare = build({ 'openai.gpt-6': chat('bedrock') }, { genai: genai('aws', 'openai.gpt-6') });
    const regional = build({ 'eu.openai.gpt-6': chat('bedrock') }, { genai: genai('aws', 'eu.openai.gpt-6') });
    expect([bare.questions, regional.questions]).toEqual([[], []]);
    expect(bare.models[0]?.prices?.[0]?.picoUsd.input).toBe(1_100_000);
    expect(regional.models[0]?.prices?.[0]?.picoUsd.input).toBe(1_000_000);
  });

  it('within a hundredth are the same', () => {
    const close = [{ id: 'openai', models: [priced('gpt-x', '1.009', '2')] }];
    expect(build({ 'gpt-x': chat('openai') }, { genai: close }).questions).toEqual([]);
  });

  it('leave a question for every review that is not needed', () => {
    expect(build({}).all).toHaveLength(REVIEWS.length);
  });
});

describe('a price of genai-prices', () => {
  const dated = (start: string, input: string) => ({
    constraint: { is: 'StartDateConstraint', start_date: start },
    prices: { is: 'ModelPrice', input_mtok: input, output_mtok: '2' },
  });
  const inputOf = (prices: unknown, litellm = '1e-06') => {
    const genai = [{ id: 'openai', models: [{ id: 'gpt-x', match: equals('gpt-x'), prices }] }];
    return build({ 'gpt-x': chat('openai', { input_cost_per_token: litellm }) }, { genai }).questions;
  };

  it('is the last that has begun', () => {
    expect(inputOf([dated('2026-01-01', '5'), dated('2026-06-01', '1'), dated('2027-01-01', '9')])).toEqual([]);
  });

  it('is its base where it has tiers', () => {
    const input_mtok = { is: 'TieredPrices', base: '1', tiers: [{ is: 'Tier', start: 200_000, price: '2' }] };
    expect(inputOf({ is: 'ModelPrice', input_mtok, output_mtok: '2' })).toEqual([]);
  });
});
