import type { ModelFacts, OperationName, PricedUnit, PriceRow } from '@sluice/contract';

type Mix = readonly (readonly [unit: PricedUnit, amount: number])[];

/**
 * What a call of an operation uses, so that prices can be compared before it is known: chats read about three times what
 * they write. Models that charge for something else cannot be compared by it.
 */
const MIXES: Readonly<Record<OperationName, Mix>> = {
  chat: [
    ['input', 3],
    ['output', 1],
  ],
  embed: [['input', 1]],
  countTokens: [['input', 1]],
  image: [['image', 1]],
  speech: [['character', 1]],
  transcription: [['audioSecond', 1]],
  moderation: [['input', 1]],
  rerank: [['searchUnit', 1]],
};

/** A price in pico-USD, the one of all day, by which models can be compared for a prompt of this length; nothing where it is not known. */
export function priceOf(
  facts: ModelFacts | undefined,
  operation: OperationName,
  promptTokens: () => number,
): number | undefined {
  const rows = facts?.prices.filter(({ tier, hours }) => tier === undefined && hours === undefined) ?? [];
  const isGraded = rows.some(({ aboveInputTokens }) => aboveInputTokens !== undefined);
  const tokens = isGraded ? promptTokens() : 0;
  const holding = rows
    .filter(({ aboveInputTokens = -1 }) => tokens > aboveInputTokens)
    .toSorted((a, b) => (b.aboveInputTokens ?? -1) - (a.aboveInputTokens ?? -1));
  let sum = 0;
  for (const [unit, amount] of MIXES[operation]) {
    const price = unitPrice(holding, unit);
    if (price === undefined) return undefined;
    sum += amount * price;
  }
  return sum;
}

/** Of the most special row that has it. */
function unitPrice(rows: readonly PriceRow[], unit: PricedUnit): number | undefined {
  for (const { picoUsd } of rows) if (picoUsd[unit] !== undefined) return picoUsd[unit];
  return undefined;
}
