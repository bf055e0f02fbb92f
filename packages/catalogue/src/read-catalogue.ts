import type { PriceRow } from '@sluice/contract';
import type { CatalogueData, ModelRecord } from './snapshot.js';
import { snapshotSchema } from './snapshot-schema.js';
import { TOKEN_UNITS } from './vocabulary.js';

/** What text is a catalogue that may take the place of another one, or why it may not. */
export type ReadCatalogue =
  { readonly ok: true; readonly data: CatalogueData } | { readonly ok: false; readonly reason: string };

export interface Plausibility {
  /** The catalogue in whose place it would come. */
  readonly known: CatalogueData;
  /** By what factor a price may rise or fall; nothing where an operator says that it may by any. */
  readonly maxPriceFactor: number | undefined;
}

/** USD 10,000 for a million tokens: beyond it a price is a slip of the unit. */
const MAX_TOKEN_PICO = 10_000_000_000;
/** A catalogue with fewer of the models that are known is one that was cut. */
const LEAST_SHARE = 0.5;

/** Takes nothing on trust: the form, that most models are still there, and that no price is another than prices become. */
export function readCatalogue(text: string, plausibility: Plausibility): ReadCatalogue {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'it is no JSON' };
  }
  const parsed = snapshotSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('.').slice(0, 200) ?? '';
    return { ok: false, reason: `it is no catalogue: ${path === '' ? 'top level' : path}: ${issue?.message ?? ''}` };
  }
  const data: CatalogueData = parsed.data;
  const reason = oddity(data, plausibility);
  return reason === undefined ? { ok: true, data } : { ok: false, reason };
}

function oddity(data: CatalogueData, { known, maxPriceFactor }: Plausibility): string | undefined {
  const [before, now] = [byName(known), byName(data)];
  // What was gone before is missed by nobody.
  const expected = [...before].flatMap(([name, { gone }]) => (gone ? [] : [name]));
  const kept = expected.filter((name) => now.has(name)).length;
  if (kept < expected.length * LEAST_SHARE) return `of ${expected.length} models that are known it has ${kept}`;
  for (const [name, { prices = [] }] of now) {
    const odd = slipOf(prices) ?? jumpOf(before.get(name)?.prices, prices, maxPriceFactor);
    if (odd !== undefined) return `${name.slice(0, 200)}: ${odd}`;
  }
  return undefined;
}

function byName({ models }: CatalogueData): ReadonlyMap<string, ModelRecord> {
  const named = new Map<string, ModelRecord>();
  for (const model of models)
    for (const [kind, names] of Object.entries(model.at)) for (const name of names) named.set(`${kind}/${name}`, model);
  return named;
}

function slipOf(prices: readonly PriceRow[]): string | undefined {
  const isSlip = prices.some(({ picoUsd }) => TOKEN_UNITS.some((unit) => (picoUsd[unit] ?? 0) > MAX_TOKEN_PICO));
  return isSlip ? 'a price is above 10000 USD for a million tokens' : undefined;
}

/** What stands for none other, so that a use without it would be free. */
const NEEDED = ['input', 'output'] as const;

/** Under each condition that either has; what a condition does not say is said by the row without one. */
function jumpOf(
  before: readonly PriceRow[] | undefined,
  now: readonly PriceRow[],
  factor: number | undefined,
): string | undefined {
  if (!before || factor === undefined || before === now) return undefined;
  if (before.length > 0 && now.length === 0) return 'it has no price any more';
  const [former, latter] = [byCondition(before), byCondition(now)];
  for (const condition of new Set([...former.keys(), ...latter.keys()])) {
    const [had, has] = [former, latter].map((rows) => ({ ...rows.get(ALWAYS), ...rows.get(condition) }));
    const odd = oddPrice(had ?? {}, has ?? {}, factor);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

type Prices = PriceRow['picoUsd'];

function oddPrice(had: Prices, has: Prices, factor: number): string | undefined {
  for (const [unit, price] of Object.entries(has)) {
    const was = had[unit as keyof Prices];
    if (was === undefined || was === price) continue;
    if (price > was * factor || price * factor < was) return `${unit} costs ${price} pico-USD instead of ${was}`;
  }
  const gone = NEEDED.find((unit) => had[unit] !== undefined && has[unit] === undefined);
  return gone && `${gone} has no price any more`;
}

function byCondition(rows: readonly PriceRow[]): ReadonlyMap<string, Prices> {
  return new Map(rows.map((row) => [conditionOf(row), row.picoUsd]));
}

function conditionOf({ tier, aboveInputTokens, hours }: PriceRow): string {
  return [tier, aboveInputTokens, hours?.fromMinute, hours?.toMinute].join(' ');
}

const ALWAYS = conditionOf({ picoUsd: {} });
