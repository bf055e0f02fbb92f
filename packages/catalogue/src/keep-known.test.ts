import { describe, expect, it } from 'vitest';
import { keepKnown, readCatalogue, snapshotSchema } from './index.js';
import type { CatalogueData, ModelRecord } from './index.js';

const source = { registry: 'npm', name: 'x', version: '1', licence: 'MIT', gave: 'all' };
const model = (...names: readonly string[]): ModelRecord => ({
  at: { openai: names },
  modes: ['chat'],
  prices: [{ picoUsd: { input: 1_000_000 } }],
});
const of = (...models: readonly ModelRecord[]): CatalogueData => ({ format: 1, sources: [source], models });
const gone = (one: ModelRecord): ModelRecord => ({ ...one, gone: true });

describe('what a newer catalogue does not have any more', () => {
  it('is kept as it was known last, marked, also where it is one name of several', () => {
    const next = of(model('a'), model('b'), model('new'));
    const merged = keepKnown(next, of(model('a', 'a-latest'), model('b'), model('c')));
    expect(merged.models).toEqual([...next.models, gone(model('a-latest')), gone(model('c'))]);
    expect(snapshotSchema.safeParse(merged).success).toBe(true);
    expect(keepKnown(next, merged)).toEqual(merged);
  });

  it('is no longer gone when it is there again', () => {
    const next = of(model('a'), model('b'));
    expect(keepKnown(next, of(model('a'), gone(model('b'))))).toBe(next);
  });

  it('is not missed a second time', () => {
    const known = of(model('a'), model('b'), gone(model('c')), gone(model('d')), gone(model('e')));
    const text = JSON.stringify(of(model('a')));
    expect(readCatalogue(text, { known, maxPriceFactor: 5 })).toMatchObject({ ok: true });
    const reason = 'of 2 models that are known it has 0';
    expect(readCatalogue(JSON.stringify(of(model('x'))), { known, maxPriceFactor: 5 })).toEqual({ ok: false, reason });
  });

  it('is never more than what is there, and the longest gone goes first', () => {
    const known = of(model('a'), model('b'), gone(model('c')));
    expect(keepKnown(of(model('a')), known).models).toEqual([model('a'), gone(model('b'))]);
  });

  it('has its price checked where it comes again', () => {
    const dear = { ...model('b'), prices: [{ picoUsd: { input: 9_000_000 } }] };
    const known = of(model('a'), gone(model('b')));
    const read = readCatalogue(JSON.stringify(of(model('a'), dear)), { known, maxPriceFactor: 5 });
    expect(read).toEqual({ ok: false, reason: expect.stringContaining('openai/b: input costs') as string });
  });
});
