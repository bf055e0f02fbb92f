import type { PriceRow } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { readCatalogue, readSnapshot } from './index.js';
import type { CatalogueData, ModelRecord } from './index.js';

const source = { registry: 'npm', name: 'x', version: '1', licence: 'MIT', gave: 'all' };
const BASE: readonly PriceRow[] = [{ picoUsd: { input: 1_000_000, output: 4_000_000 } }];
const model = (name: string, prices = BASE) =>
  ({ at: { openai: [name] }, modes: ['chat'], ...(prices.length > 0 && { prices }) }) satisfies ModelRecord;
const catalogueOf = (...models: readonly ModelRecord[]): CatalogueData => ({ format: 1, sources: [source], models });

const KNOWN = catalogueOf(model('a'), model('b'), model('c'), model('d'));
const others = [model('b'), model('c'), model('d')];

function read(data: unknown, maxPriceFactor: number | undefined = 5) {
  return readCatalogue(typeof data === 'string' ? data : JSON.stringify(data), { known: KNOWN, maxPriceFactor });
}
const withPrices = (...prices: readonly PriceRow[]): CatalogueData => catalogueOf(model('a', prices), ...others);

describe('a catalogue from elsewhere', () => {
  it('is taken as it is where it is one, the one that comes with the package too', () => {
    const snapshot = readSnapshot();
    const text = JSON.stringify(snapshot);
    expect(readCatalogue(text, { known: snapshot, maxPriceFactor: 1 })).toEqual({ ok: true, data: snapshot });
  });

  it('may have new models, a few less, new tiers, and prices that change as prices do', () => {
    const next = catalogueOf(
      model('a', [
        { picoUsd: { input: 4_000_000, output: 1_000_000, cachedInput: 1 } },
        { tier: 'batch', picoUsd: { input: 500_000 } },
      ]),
      model('b'),
      model('new'),
    );
    expect(read(next)).toEqual({ ok: true, data: next });
  });

  it.each([
    ['broken JSON', '{"format": 1, "mod', 'it is no JSON'],
    ['something else', [], 'it is no catalogue: top level'],
    ['another form', { ...KNOWN, format: 2 }, 'it is no catalogue: format'],
    ['a negative price', withPrices({ picoUsd: { input: -1 } }), 'models.0.prices.0.picoUsd.input'],
    ['a price that is no number', JSON.stringify(KNOWN).replace('1000000', '1e999'), 'models.0.prices.0.picoUsd.input'],
    ['a fraction of a pico-USD', withPrices({ picoUsd: { input: 0.5 } }), 'models.0.prices.0.picoUsd.input'],
    ['no models', catalogueOf(), 'of 4 models that are known it has 0'],
    ['most models lost', catalogueOf(model('a'), model('x'), model('y')), 'of 4 models that are known it has 1'],
    ['a slip of the unit', withPrices({ picoUsd: { reasoning: 10_000_000_001 } }), 'openai/a: a price is above'],
    ['a price that jumps', withPrices({ picoUsd: { input: 5_000_001 } }), 'openai/a: input costs 5000001'],
    ['a price that falls to next to nothing', withPrices({ picoUsd: { output: 799_999 } }), 'openai/a: output costs'],
    ['a price that falls to nothing', withPrices({ picoUsd: { input: 0 } }), 'openai/a: input costs 0'],
    ['a price that is gone', withPrices({ picoUsd: { input: 1_000_000 } }), 'openai/a: output has no price any more'],
    [
      'prices for nothing above a length',
      withPrices(...BASE, { aboveInputTokens: 1, picoUsd: { input: 0, output: 0 } }),
      'openai/a: input costs 0',
    ],
    [
      'prices of a batch alone',
      withPrices({ tier: 'batch', picoUsd: { input: 500_000, output: 2_000_000 } }),
      'openai/a: input has no price any more',
    ],
    ['prices that are gone', withPrices(), 'openai/a: it has no price any more'],
  ])('is refused with %s', (_, data, reason) => {
    expect(read(data)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });

  it('may have any prices where an operator says so, but no slip of the unit', () => {
    const jump = withPrices({ picoUsd: { input: 900_000_000 } });
    expect(readCatalogue(JSON.stringify(jump), { known: KNOWN, maxPriceFactor: undefined })).toMatchObject({
      ok: true,
    });
    const slip = withPrices({ picoUsd: { input: 10_000_000_001 } });
    expect(readCatalogue(JSON.stringify(slip), { known: KNOWN, maxPriceFactor: undefined })).toMatchObject({
      ok: false,
    });
  });
});
