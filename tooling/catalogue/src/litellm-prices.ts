import { toPicoUsd } from '@sluice/catalogue';
import type { JsonObject, ModelMode, PricedUnit, PriceRow } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

type Rates = Partial<Record<PricedUnit, number>>;

/** litellm's fields, without what it appends for tiers and conditions. */
const FIELDS: Readonly<Record<string, PricedUnit>> = {
  input_cost_per_token: 'input',
  cache_read_input_token_cost: 'cachedInput',
  cache_creation_input_token_cost: 'cacheWrite',
  cache_creation_input_token_cost_above_1hr: 'cacheWrite1h',
  output_cost_per_token: 'output',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_audio_token: 'audioInput',
  output_cost_per_audio_token: 'audioOutput',
  output_cost_per_image: 'image',
  input_cost_per_second: 'audioSecond',
  input_cost_per_audio_per_second: 'audioSecond',
  input_cost_per_character: 'character',
  input_cost_per_query: 'searchUnit',
};
const CONDITION = /(?:_above_(?<above>\d+)k_tokens)?(?:_(?<tier>batches|flex|priority|ultrafast))?$/;
const IMAGE_OUTPUT = /^output_cost_per_image_token(?=$|_)/;
const TIERS: Readonly<Record<string, string>> = { batches: 'batch' };
/** Less is the price of a step under the name of a token. */
const MIN_IMAGE_TOKEN_PICO = 100_000;
const TOKENS: readonly PricedUnit[] = ['input', 'output', 'audioInput', 'audioOutput'];
const PIECES: readonly PricedUnit[] = ['image', 'audioSecond', 'character', 'searchUnit'];

/** The prices of an entry, standard ones first; none where they say that a chat costs nothing, for that is a gap. */
export function readPrices(entry: JsonObject, mode: ModelMode): readonly PriceRow[] {
  const rows = new Map<string, { readonly condition: Omit<PriceRow, 'picoUsd'>; readonly rates: Rates }>();
  for (const [field, value] of Object.entries(withoutText(entry, mode))) {
    const found = readField(field, value);
    if (!found) continue;
    const { condition, unit, pico } = found;
    const key = JSON.stringify(condition);
    const fresh: { readonly condition: Omit<PriceRow, 'picoUsd'>; readonly rates: Rates } = { condition, rates: {} };
    const row = rows.get(key) ?? fresh;
    row.rates[unit] = pico;
    rows.set(key, row);
  }
  for (const row of rangeRows(entry)) rows.set(JSON.stringify(row.condition), row);
  const listed = [...rows.values()].map(({ condition, rates }) => ({ ...condition, picoUsd: withoutDoubles(rates) }));
  const prices = withLongWrites(listed);
  return isPriced(prices, mode) ? withoutEchoes(prices).sort(byCondition) : [];
}

function readField(field: string, value: unknown) {
  const { above, tier } = CONDITION.exec(field)?.groups ?? {};
  const plain = field.replace(CONDITION, '');
  const unit = Object.hasOwn(FIELDS, plain) ? FIELDS[plain] : undefined;
  const pico = unit && toPico(value);
  if (!unit || pico === undefined) return undefined;
  const condition = {
    ...(tier === undefined ? {} : { tier: TIERS[tier] ?? tier }),
    ...(above === undefined ? {} : { aboveInputTokens: Number(above) * 1_000 }),
  };
  return { condition, unit, pico };
}

function toPico(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? toPicoUsd(String(value)) : undefined;
}

/** A model that draws answers in image tokens: they are its output, and what it charges for text is not asked for. */
function withoutText(entry: JsonObject, mode: ModelMode): JsonObject {
  if (mode !== 'image' || entry['output_cost_per_image_token'] === undefined) return entry;
  const fields = Object.entries(entry).filter(([field]) => !field.startsWith('output_cost_per_token'));
  return Object.fromEntries(
    fields.map(([field, value]) => [field.replace(IMAGE_OUTPUT, 'output_cost_per_token'), value]),
  );
}

/** Prices by ranges of input: the first is the standard one, each other holds above its lower end. */
function rangeRows({ tiered_pricing: ranges }: JsonObject) {
  if (!Array.isArray(ranges)) return [];
  return ranges.filter(isJsonObject).flatMap((range) => {
    const from = Array.isArray(range['range']) ? Number(range['range'][0]) : Number.NaN;
    const rates: Rates = {};
    for (const [field, unit] of Object.entries(FIELDS)) {
      const pico = toPico(range[field]);
      if (pico !== undefined) rates[unit] = pico;
    }
    return Number.isSafeInteger(from) ? [{ condition: from > 0 ? { aboveInputTokens: from } : {}, rates }] : [];
  });
}

/** Where tokens have a price, a price by the piece is the same money estimated another way; else free tokens are none. */
function withoutDoubles(rates: Rates): Rates {
  const byToken = TOKENS.some((unit) => (rates[unit] ?? 0) > 0);
  const byPiece = PIECES.some((unit) => (rates[unit] ?? 0) > 0);
  const left = byToken ? PIECES : byPiece ? TOKENS : [];
  return Object.fromEntries(Object.entries(rates).filter(([unit]) => !left.includes(unit as PricedUnit)));
}

/**
 * A tier's price of a write for an hour is as much less as that of any other write, and litellm has only the latter:
 * Anthropic's discount on batches stacks with what its cache costs (https://platform.claude.com/docs/en/about-claude/pricing).
 */
function withLongWrites(rows: readonly PriceRow[]): readonly PriceRow[] {
  const standard = rows.find(({ tier, aboveInputTokens }) => tier === undefined && aboveInputTokens === undefined);
  const { cacheWrite = 0, cacheWrite1h } = standard?.picoUsd ?? {};
  if (cacheWrite1h === undefined || cacheWrite === 0) return rows;
  return rows.map((row) => {
    const write = row.picoUsd.cacheWrite;
    if (row.tier === undefined || write === undefined || row.picoUsd.cacheWrite1h !== undefined) return row;
    const long = Math.round((cacheWrite1h * write) / cacheWrite);
    return { ...row, picoUsd: { ...row.picoUsd, cacheWrite1h: long } };
  });
}

/** Units that a price list repeats although they cost the same as what they are a kind of. */
const KINDS_OF: readonly (readonly [unit: PricedUnit, of: PricedUnit])[] = [
  ['audioInput', 'input'],
  ['reasoning', 'output'],
  ['audioOutput', 'output'],
];

/** Without such units: a tier that lists only the price of all output would else keep the standard one of reasoning. */
function withoutEchoes(rows: readonly PriceRow[]): PriceRow[] {
  const echoes = KINDS_OF.filter(([unit, of]) =>
    rows.every(({ picoUsd }) => picoUsd[unit] === undefined || picoUsd[unit] === picoUsd[of]),
  ).map(([unit]) => unit);
  return rows.map((row) => {
    const picoUsd = Object.fromEntries(
      Object.entries(row.picoUsd).filter(([unit]) => !echoes.includes(unit as PricedUnit)),
    );
    return { ...row, picoUsd };
  });
}

function isPriced(rows: readonly PriceRow[], mode: ModelMode): boolean {
  const standard = rows.find(({ tier, aboveInputTokens }) => tier === undefined && aboveInputTokens === undefined);
  if (!standard) return false;
  const { input = 0, output = 0, image = 0 } = standard.picoUsd;
  if (mode === 'image') return image > 0 || output >= MIN_IMAGE_TOKEN_PICO;
  if (mode === 'chat' || mode === 'responses' || mode === 'completion') return input > 0 && output > 0;
  return mode === 'moderation' || Object.values(standard.picoUsd).some((pico) => pico > 0);
}

function byCondition(a: PriceRow, b: PriceRow): number {
  return (a.tier ?? '').localeCompare(b.tier ?? '') || (a.aboveInputTokens ?? 0) - (b.aboveInputTokens ?? 0);
}
