import { toPicoUsd } from '@sluice/catalogue';
import type { JsonObject, PricedUnit, PriceRow } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** Its names of our kinds. */
const PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'x-ai': 'xai',
  mistral: 'mistral',
  deepseek: 'deepseek',
  groq: 'groq',
  cohere: 'cohere',
  aws: 'bedrock',
  together: 'together',
  cerebras: 'cerebras',
  perplexity: 'perplexity',
  moonshotai: 'moonshot',
  zai: 'zai',
  openrouter: 'openrouter',
};

const FIELDS: Readonly<Record<string, PricedUnit>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cachedInput',
  cache_write_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audioInput',
  output_audio_mtok: 'audioOutput',
};
const MILLION = 1_000_000;

/** A model of genai-prices: what it is called, and its standard prices on the day of the release. */
export interface PricedModel {
  readonly id: string;
  matches(name: string): boolean;
  readonly prices: readonly PriceRow[];
}

/** Its models by kind. PyPI genai-prices 0.2.3, genai_prices/data.py; `day` chooses among dated prices. */
export function readGenaiPrices(data: unknown, day: string): ReadonlyMap<string, readonly PricedModel[]> {
  const kinds = new Map<string, readonly PricedModel[]>();
  for (const provider of objects(data)) {
    const kind = PROVIDERS[String(provider['id'])];
    if (kind !== undefined)
      kinds.set(
        kind,
        objects(provider['models']).map((model) => toModel(model, day)),
      );
  }
  return kinds;
}

function toModel(model: JsonObject, day: string): PricedModel {
  const id = String(model['id']);
  return {
    id,
    matches: (name) => name === id || matches(model['match'], name),
    prices: toRows(pricesOn(model['prices'], day)),
  };
}

function matches(clause: unknown, name: string): boolean {
  if (!isJsonObject(clause)) return false;
  const text =
    clause['equals'] ?? clause['starts_with'] ?? clause['ends_with'] ?? clause['contains'] ?? clause['regex'];
  return typeof text === 'string' ? fits(clause['is'], text, name) : fitsTogether(clause, name);
}

function fitsTogether(clause: JsonObject, name: string): boolean {
  const parts = objects(clause['or_'] ?? clause['and_']);
  const fit = (part: JsonObject): boolean => matches(part, name);
  return clause['is'] === 'ClauseAnd' ? parts.every(fit) : parts.some(fit);
}

function fits(clause: unknown, text: string, name: string): boolean {
  switch (clause) {
    case 'ClauseEquals':
      return name === text;
    case 'ClauseStartsWith':
      return name.startsWith(text);
    case 'ClauseEndsWith':
      return name.endsWith(text);
    case 'ClauseContains':
      return name.includes(text);
    case 'ClauseRegex':
      return new RegExp(text, 'u').test(name);
    default:
      return false;
  }
}

/** The last of the dated prices that has begun; of those by the hour, the one that holds else. */
function pricesOn(prices: unknown, day: string): JsonObject | undefined {
  if (isJsonObject(prices)) return prices;
  const begun = objects(prices).filter(({ constraint }) => {
    if (!isJsonObject(constraint)) return true;
    return constraint['is'] === 'StartDateConstraint' && String(constraint['start_date']) <= day;
  });
  const latest = begun.at(-1)?.['prices'];
  return isJsonObject(latest) ? latest : undefined;
}

function toRows(prices: JsonObject = {}): readonly PriceRow[] {
  const rows = new Map<number, Partial<Record<PricedUnit, number>>>();
  const put = (above: number, unit: PricedUnit, usd: unknown): void => {
    const pico = typeof usd === 'string' || typeof usd === 'number' ? toPicoUsd(String(usd)) : undefined;
    if (pico === undefined) return;
    rows.set(above, { ...rows.get(above), [unit]: Math.round(pico / MILLION) });
  };
  for (const [field, unit] of Object.entries(FIELDS)) {
    const price = prices[field];
    if (!isJsonObject(price)) put(0, unit, price);
    else {
      put(0, unit, price['base']);
      for (const tier of objects(price['tiers'])) put(Number(tier['start']), unit, tier['price']);
    }
  }
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([above, picoUsd]) => ({ ...(above > 0 ? { aboveInputTokens: above } : {}), picoUsd }));
}

function objects(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
