import type { Disagreement } from './cross-check.js';
import type { Draft } from './draft.js';
import type { PricedModel } from './genai-prices.js';

/** What a person found who looked at prices on which two sources differ. */
export interface Review {
  /** Of `KIND/MODEL`. */
  readonly models: RegExp;
  readonly right: 'litellm' | 'genai-prices';
  readonly because: string;
}

export const REVIEWS: readonly Review[] = [
  {
    models: /^bedrock\/(?:anthropic\.)?claude-|^bedrock\/(?:anthropic|openai)\.(?:claude|gpt-\d)/,
    right: 'genai-prices',
    because: 'Without a prefix the model runs in one region, which costs 10 % more than the global profile.',
  },
  {
    models: /^bedrock\/(?:us-gov|eu|apac|jp)\./,
    right: 'litellm',
    because: "It has the region's own price from AWS's price list; genai-prices matches the end of the name.",
  },
  {
    models: /^deepseek\//,
    right: 'litellm',
    because: 'genai-prices answers with the price of the cheaper hours; the dearer one is the safe one to count with.',
  },
  {
    models:
      /^google\/gemini-(?:.*-image(?:-preview)?|nano-banana-2\.1)$|^openai\/(?:gpt-image-1\.5.*|chatgpt-image-latest)$/,
    right: 'litellm',
    because: 'Output is image tokens; genai-prices gives the price of text.',
  },
  {
    models: /^openai\/gpt-4o-mini-tts/,
    right: 'genai-prices',
    because: 'Its output is audio tokens.',
  },
  {
    models: /^groq\/openai\/gpt-oss-safeguard-20b$/,
    right: 'genai-prices',
    because: 'litellm rounds to three digits.',
  },
  {
    models: /^mistral\//,
    right: 'litellm',
    because: 'These names move: litellm has the model that they stand for now, and cites its card.',
  },
  {
    models: /^together\//,
    right: 'litellm',
    because: "It has what Together's own list of models says.",
  },
  {
    models: /^xai\/grok-code-fast/,
    right: 'litellm',
    because: 'Retired: xAI answers with its successor, at its price.',
  },
];

/** The drafts with the prices that the reviews call right. */
export function settlePrices(
  drafts: readonly Draft[],
  disagreements: readonly Disagreement[],
  priced: ReadonlyMap<string, readonly PricedModel[]>,
): readonly Draft[] {
  const disputed = new Set(disagreements.map(({ model }) => model));
  return drafts.map((draft) => {
    const model = `${draft.kind}/${draft.name}`;
    if (!disputed.has(model) || reviewOf(model)?.right !== 'genai-prices') return draft;
    const other = priced.get(draft.kind)?.find(({ matches }) => matches(draft.name));
    return other ? { ...draft, facts: { ...draft.facts, prices: other.prices } } : draft;
  });
}

/** What is left to do for a person: a line for each price that nobody looked at, and for each review that is not needed. */
export function openQuestions(disagreements: readonly Disagreement[]): readonly string[] {
  const unseen = disagreements
    .filter(({ model }) => !reviewOf(model))
    .map(
      ({ model, unit, litellm, genaiPrices }) =>
        `${model}: ${unit} costs ${litellm} by litellm and ${genaiPrices} by genai-prices (pico-USD); add a review`,
    );
  const idle = REVIEWS.filter(({ models }) => !disagreements.some(({ model }) => models.test(model)));
  return [...unseen, ...idle.map(({ models }) => `nothing to review matches ${String(models)} any more; remove it`)];
}

function reviewOf(model: string): Review | undefined {
  return REVIEWS.find(({ models }) => models.test(model));
}
