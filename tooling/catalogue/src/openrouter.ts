import type { Draft } from './draft.js';
import type { PricedModel } from './genai-prices.js';

/** OpenRouter's names of the makers, and our kinds under which their models are known. */
const MAKERS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'x-ai': 'xai',
  mistralai: 'mistral',
  deepseek: 'deepseek',
  cohere: 'cohere',
  perplexity: 'perplexity',
  moonshotai: 'moonshot',
  'z-ai': 'zai',
  qwen: 'dashscope',
};

/** OpenRouter's prices, with what the maker's own model is known to do. Makers that are not known here are left out. */
export function readOpenRouter(models: readonly PricedModel[], drafts: readonly Draft[]): readonly Draft[] {
  const known = new Map(drafts.map((draft) => [JSON.stringify([draft.kind, draft.name]), draft]));
  return models.flatMap(({ id, prices }) => {
    const [maker = '', name = ''] = id.split('/');
    const kind = Object.hasOwn(MAKERS, maker) ? MAKERS[maker] : undefined;
    if (kind === undefined || prices.length === 0) return [];
    const spellings = [name, name.replaceAll('.', '-')];
    const like = spellings.map((spelling) => known.get(JSON.stringify([kind, spelling]))).find((found) => found);
    if (!like) return [];
    const { refuses: _refused, retiresOn: _retires, ...facts } = like.facts;
    // It takes what the maker refuses, and keeps it to itself.
    return [{ kind: 'openrouter', name: id, facts: { ...facts, prices: isFree(prices) ? [] : prices } }];
  });
}

function isFree(prices: PricedModel['prices']): boolean {
  return prices.every(({ picoUsd }) => !picoUsd.input && !picoUsd.output);
}
