import type { PricedUnit, PricedUse, PriceHours, PriceRow, Usage } from '@sluice/contract';
import { isStandardTier } from '@sluice/toolkit';

type Counts = Readonly<Record<PricedUnit, number>>;

/** Where a unit has no price of its own, it costs what stands for it here: never less than the vendor may ask. */
const STANDS_FOR: Readonly<Partial<Record<PricedUnit, PricedUnit>>> = {
  cachedInput: 'input',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  audioInput: 'input',
  reasoning: 'output',
  audioOutput: 'output',
};

/**
 * What a use costs, in whole pico-USD and exactly: every count times its price, in integers. Nothing where no unit that
 * was used has a price. Counts that are none (negative, fractional, not finite) count as zero, so that a vendor's slip
 * is never a credit.
 */
export function priceUse({ prices, usage, serviceTier, atMs }: PricedUse): bigint | undefined {
  if (prices.length === 0) return undefined;
  const counts = countUnits(toCharged(usage));
  const rows = rowsFor(prices, { tier: serviceTier, inputTokens: toCount(usage.inputTokens), atMs });
  let cost: bigint | undefined;
  let used = false;
  for (const unit of Object.keys(counts) as PricedUnit[]) {
    const count = counts[unit];
    if (count === 0) continue;
    used = true;
    const price = priceOf(unit, rows);
    if (price !== undefined) cost = (cost ?? 0n) + BigInt(count) * BigInt(price);
  }
  return used ? cost : 0n;
}

/** Where the vendor says what it charges for, that counts, and it has taken its own discounts already. */
function toCharged(usage: Usage): Usage {
  if (!usage.billed) return usage;
  const whole = { cachedInputTokens: 0, cacheWriteTokens: 0, audioInputTokens: 0, reasoningTokens: 0 };
  return { ...usage, ...usage.billed, ...whole, audioOutputTokens: 0 };
}

/** Each token in exactly one place: cached, written to the cache, heard or read; thought, spoken or written. */
function countUnits(usage: Usage): Counts {
  const input = toCount(usage.inputTokens);
  const cachedInput = Math.min(toCount(usage.cachedInputTokens), input);
  const written = Math.min(toCount(usage.cacheWriteTokens), input - cachedInput);
  const cacheWrite1h = Math.min(toCount(usage.cacheWrite1hTokens), written);
  const audioInput = Math.min(toCount(usage.audioInputTokens), input - cachedInput - written);
  const output = toCount(usage.outputTokens);
  const reasoning = Math.min(toCount(usage.reasoningTokens), output);
  const audioOutput = Math.min(toCount(usage.audioOutputTokens), output - reasoning);
  return {
    input: input - cachedInput - written - audioInput,
    cachedInput,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    audioInput,
    output: output - reasoning - audioOutput,
    reasoning,
    audioOutput,
    image: toCount(usage.images),
    // Vendors charge for each second that has begun.
    audioSecond: toCount(Math.ceil(usage.audioSeconds ?? 0)),
    character: toCount(usage.characters),
    searchUnit: toCount(usage.searchUnits),
  };
}

function toCount(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

interface Condition {
  readonly tier: string | undefined;
  readonly inputTokens: number;
  readonly atMs: number | undefined;
}

/**
 * The rows that hold, the most special first: those of the tier before the standard ones, long input before short, those of
 * the hour before those of all day.
 */
function rowsFor(prices: readonly PriceRow[], { tier, inputTokens, atMs }: Condition): readonly PriceRow[] {
  const special = tier === undefined || isStandardTier(tier) ? undefined : tier;
  return prices
    .filter((row) => (row.tier === undefined || row.tier === special) && inputTokens > (row.aboveInputTokens ?? -1))
    .filter(({ hours }) => !hours || isWithin(hours, atMs))
    .sort((a, b) => rank(b) - rank(a) || Number(b.hours !== undefined) - Number(a.hours !== undefined));
}

function rank({ tier, aboveInputTokens = 0 }: PriceRow): number {
  return (tier === undefined ? 0 : Number.MAX_SAFE_INTEGER / 2) + aboveInputTokens;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

function isWithin({ fromMinute, toMinute }: PriceHours, atMs: number | undefined): boolean {
  if (atMs === undefined) return false;
  const minute = Math.floor(atMs / MINUTE_MS) % DAY_MINUTES;
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

function priceOf(unit: PricedUnit, rows: readonly PriceRow[]): number | undefined {
  for (const { picoUsd } of rows) {
    const price = picoUsd[unit];
    if (price !== undefined) return price;
  }
  const other = STANDS_FOR[unit];
  return other && priceOf(other, rows);
}
