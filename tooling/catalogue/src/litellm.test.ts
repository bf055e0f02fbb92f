import { describe, expect, it } from 'vitest';
import { readLiteLlm } from './litellm.js';

const entry = {
  litellm_provider: 'openai',
  mode: 'chat',
  input_cost_per_token: '1e-06',
  output_cost_per_token: '2e-06',
};
const factsOf = (change: object, key = 'm') => readLiteLlm({ [key]: { ...entry, ...change } })[0]?.facts;

describe('a model of litellm', () => {
  it('is listed under the name that the vendor gives it', () => {
    const drafts = readLiteLlm({
      'gemini/gemini-x': { ...entry, litellm_provider: 'gemini' },
      'azure/gpt-x': { ...entry, litellm_provider: 'azure' },
    });
    expect(drafts.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['google/gemini-x', 'azure-openai/gpt-x']);
  });

  it.each([
    ['another vendor', 'x', { litellm_provider: 'fal_ai' }],
    ['a mode that has no endpoint', 'x', { mode: 'video_generation' }],
    ['one size of an image', '1024-x-1024/x', { mode: 'image_generation' }],
    ['a regional deal', 'bedrock/us-east-1/1-month-commitment/x', { litellm_provider: 'bedrock' }],
  ])('is left out where it is %s', (_, key, change) => {
    expect(factsOf(change, key)).toBeUndefined();
  });

  it('has the abilities that its flags and modalities say, and the benefit of a doubt', () => {
    const facts = factsOf({
      supports_function_calling: true,
      supports_response_schema: false,
      supports_vision: true,
      supported_modalities: ['text'],
    });
    expect(facts?.can).toEqual(['tools', 'vision']);
    expect(facts?.cannot).toEqual(['json-schema', 'audio']);
  });

  it('is denied nothing by the word of a provider whose denials are wrong', () => {
    const facts = factsOf({ litellm_provider: 'watsonx', supports_function_calling: false, supports_vision: true });
    expect([facts?.can, facts?.cannot]).toEqual([['vision'], []]);
  });

  it('takes the usual efforts, and those that its flags add', () => {
    const flags = { supports_reasoning: true, supports_none_reasoning_effort: true };
    expect(factsOf(flags)?.efforts).toEqual(['none', 'low', 'medium', 'high']);
    expect(factsOf({ supports_reasoning: true })?.efforts).toEqual([]);
  });

  it('refuses sampling while it reasons, or always', () => {
    expect(factsOf({ supports_reasoning: true })?.refuses).toMatchObject({ when: 'always' });
    expect(factsOf({ supports_reasoning: true, supports_none_reasoning_effort: true })?.refuses).toMatchObject({
      when: 'reasoning',
    });
    expect(factsOf({ litellm_provider: 'anthropic', supports_sampling_params: false })?.refuses).toEqual({
      parameters: ['temperature', 'top_p', 'top_k'],
      when: 'always',
    });
    expect(factsOf({})?.refuses).toBeUndefined();
  });
});

describe('its prices', () => {
  it('are whole pico-USD, one row for each condition', () => {
    const prices = factsOf({
      cache_read_input_token_cost: '1.25e-07',
      cache_creation_input_token_cost_above_1hr_above_200k_tokens: '4e-06',
      input_cost_per_token_flex: '5e-07',
      input_cost_per_token_above_200k_tokens_batches: '7.5e-07',
    })?.prices;
    expect(prices).toEqual([
      { picoUsd: { input: 1_000_000, output: 2_000_000, cachedInput: 125_000 } },
      { aboveInputTokens: 200_000, picoUsd: { cacheWrite1h: 4_000_000 } },
      { tier: 'batch', aboveInputTokens: 200_000, picoUsd: { input: 750_000 } },
      { tier: 'flex', picoUsd: { input: 500_000 } },
    ]);
  });

  it('by ranges hold above the lower end of the range', () => {
    const tiered_pricing = [
      { range: [0, '256000.0'], input_cost_per_token: '1e-06', output_cost_per_token: '3e-06' },
      { range: ['256000.0', '1000000.0'], input_cost_per_token: '2e-06', output_cost_per_token: '6e-06' },
    ];
    expect(
      factsOf({ input_cost_per_token: undefined, output_cost_per_token: undefined, tiered_pricing })?.prices,
    ).toEqual([
      { picoUsd: { input: 1_000_000, output: 3_000_000 } },
      { aboveInputTokens: 256_000, picoUsd: { input: 2_000_000, output: 6_000_000 } },
    ]);
  });

  it('are unknown where a chat is said to cost nothing', () => {
    expect(factsOf({ input_cost_per_token: 0, output_cost_per_token: 0 })?.prices).toEqual([]);
  });

  it('of a model that draws are those of image tokens, in every tier', () => {
    const prices = factsOf({
      mode: 'image_generation',
      output_cost_per_image_token: '3e-05',
      output_cost_per_token_flex: '1e-06',
      output_cost_per_image: '0.04',
    })?.prices;
    expect(prices).toEqual([{ picoUsd: { input: 1_000_000, output: 30_000_000 } }]);
  });

  it('of a step that goes by the name of a token are none', () => {
    const image = { mode: 'image_generation', input_cost_per_token: '1.3e-10', output_cost_per_token: '1.3e-10' };
    expect(factsOf(image)?.prices).toEqual([]);
  });

  it('of reasoning are left to those of output where they are the same in every tier', () => {
    const flex = { output_cost_per_token_flex: '1e-06' };
    expect(factsOf({ output_cost_per_reasoning_token: '2e-06', ...flex })?.prices?.[0]?.picoUsd).not.toHaveProperty(
      'reasoning',
    );
    expect(factsOf({ output_cost_per_reasoning_token: '4e-06', ...flex })?.prices?.[0]?.picoUsd.reasoning).toBe(
      4_000_000,
    );
  });

  it('by the piece stand where tokens are free', () => {
    const rerank = { litellm_provider: 'cohere', mode: 'rerank', input_cost_per_token: 0, output_cost_per_token: 0 };
    expect(factsOf({ ...rerank, input_cost_per_query: '0.002' })?.prices).toEqual([
      { picoUsd: { searchUnit: 2_000_000_000 } },
    ]);
  });

  it('costs in batch, for what is cached for an hour, the same share of it as for any other write', () => {
    const { prices } =
      factsOf({
        cache_creation_input_token_cost: '1.25e-06',
        cache_creation_input_token_cost_above_1hr: '2e-06',
        input_cost_per_token_batches: '5e-07',
        cache_creation_input_token_cost_batches: '6.25e-07',
      }) ?? {};
    expect(prices?.find(({ tier }) => tier === 'batch')?.picoUsd).toEqual({
      input: 500_000,
      cacheWrite: 625_000,
      cacheWrite1h: 1_000_000,
    });
  });
});
