import { describe, expect, it } from 'vitest';
import { createCatalogue } from './lookup.js';
import { catalogueSettings } from './settings.js';
import { readSnapshot } from './snapshot.js';
import type { CatalogueData, ModelRecord } from './snapshot.js';

const record = (at: ModelRecord['at'], change: Omit<Partial<ModelRecord>, 'at'> = {}): ModelRecord => ({
  at,
  modes: ['chat'],
  prices: [{ picoUsd: { input: 1, output: 2 } }],
  ...change,
});
const dataOf = (...models: readonly ModelRecord[]): CatalogueData => ({ format: 1, sources: [], models });
const overridden = (models: object, ...records: readonly ModelRecord[]) =>
  createCatalogue(dataOf(...records), catalogueSettings.parse({ models }));

describe('a model', () => {
  const catalogue = createCatalogue(
    dataOf(
      record(
        { openai: ['gpt-x', 'gpt-x-2026-01-01'], 'azure-openai': ['gpt-x'] },
        { can: ['tools'], cannot: ['audio'] },
      ),
      record({ openai: ['gpt-x-2025-05-05'] }, { maxInputTokens: 7 }),
      record({ openai: ['ft:gpt-x'] }, { prices: [{ picoUsd: { input: 9, output: 9 } }] }),
      record({ openai: ['gpt-untuned'] }),
      record({ bedrock: ['anthropic.claude-x-20260101-v1:0', 'acme.y', 'us.acme.y'] }),
      record({ google: ['gemini-x'] }),
      record({ vertex: ['claude-x', 'gemini-x'] }),
      record({ openrouter: ['openai/gpt-x'] }),
    ),
  );
  const names = (kind: string, model: string): readonly string[] | undefined => {
    const facts = catalogue.find(kind, model);
    return facts && [...catalogue.names(kind)].filter((name) => catalogue.find(kind, name) === facts);
  };

  it('is found by its names, at its kind only', () => {
    expect(catalogue.find('openai', 'gpt-x')).toMatchObject({ can: new Set(['tools']), cannot: new Set(['audio']) });
    expect(catalogue.find('openai', 'gpt-x-2025-05-05')?.maxInputTokens).toBe(7);
    expect(catalogue.find('anthropic', 'gpt-x')).toBeUndefined();
    expect(catalogue.find('nobody', 'gpt-x')).toBeUndefined();
  });

  it('is the same object each time', () => {
    expect(catalogue.find('openai', 'gpt-x-2099-01-01')).toBe(catalogue.find('openai', 'gpt-x-2099-01-01'));
    expect(catalogue.find('azure-openai', 'gpt-x')).toBe(catalogue.find('openai', 'gpt-x'));
  });

  it.each([
    ['openai', 'gpt-x-2099-12-31', 'gpt-x'],
    ['openai', 'gpt-x-latest', 'gpt-x'],
    ['bedrock', 'eu.anthropic.claude-x-20260101-v1:0', 'anthropic.claude-x-20260101-v1:0'],
    ['bedrock', 'us.acme.y-v1:0', 'us.acme.y'],
    ['bedrock', 'apac.acme.y-v1:0', 'acme.y'],
    ['bedrock', 'arn:aws:bedrock:us-east-1:123:inference-profile/us.acme.y', 'us.acme.y'],
    ['google', 'models/gemini-x', 'gemini-x'],
    ['google', 'models/gemini-x-001', 'gemini-x'],
    ['vertex', 'claude-x@20260101', 'claude-x'],
    ['vertex', 'publishers/google/models/gemini-x', 'gemini-x'],
  ])('of %s is found as %s', (kind, asked, name) => {
    expect(names(kind, asked)).toContain(name);
  });

  it.each(['gpt', 'gpt-xy', 'GPT-X', '', '__proto__', 'constructor', 'gpt-x-2026-1-1', '-latest', 'models/'])(
    'is not found as %j',
    (model) => {
      expect(catalogue.find('openai', model)).toBeUndefined();
    },
  );

  it('that was fine-tuned has the facts of its base, and a price only where fine-tuned ones have one', () => {
    expect(catalogue.find('openai', 'ft:gpt-x:org::id')?.prices[0]?.picoUsd.input).toBe(9);
    expect(catalogue.find('openai', 'ft:gpt-untuned-2026-01-01:org::id')).toMatchObject({
      modes: ['chat'],
      prices: [],
    });
    expect(catalogue.find('openai', 'ft:unknown:org::id')).toBeUndefined();
    const mine = catalogue.of({ name: 'mine', kind: 'openai' });
    expect(mine.find('ft:gpt-x:org::id')?.prices[0]?.picoUsd.input).toBe(9);
  });

  it('that a router finds other hosts for has the facts of the model, and a price that is not known', () => {
    expect(catalogue.find('openrouter', 'openai/gpt-x:nitro')).toMatchObject({ modes: ['chat'], prices: [] });
  });

  it('is listed by kind, and its kinds by its name', () => {
    expect([...catalogue.names('vertex')]).toEqual(['claude-x', 'gemini-x']);
    expect(catalogue.kindsOf('gemini-x')).toEqual(['google', 'vertex']);
    expect(catalogue.kindsOf('nothing')).toEqual([]);
    expect([...catalogue.names('nobody')]).toEqual([]);
  });

  it('is found after more unknown names than are remembered', () => {
    for (let i = 0; i < 2_100; i += 1) expect(catalogue.find('openai', `made-up-${i}`)).toBeUndefined();
    expect(catalogue.find('openai', 'gpt-x')?.modes).toEqual(['chat']);
  });
});

describe("an operator's word", () => {
  const base = record({ openai: ['gpt-x'] }, { can: ['tools'], cannot: ['audio', 'vision'], maxInputTokens: 5 });

  it('stands in place of what was known, and leaves the rest', () => {
    const catalogue = overridden({ 'openai/gpt-x': { can: ['vision'], cannot: ['tools'], maxInputTokens: 9 } }, base);
    expect(catalogue.find('openai', 'gpt-x')).toEqual({
      modes: ['chat'],
      can: new Set(['vision']),
      cannot: new Set(['audio', 'tools']),
      efforts: [],
      maxInputTokens: 9,
      prices: [{ picoUsd: { input: 1, output: 2 } }],
    });
  });

  it('makes a model known that was not', () => {
    const catalogue = overridden({ 'local/mine': { cannot: ['vision'] } });
    const view = catalogue.of({ name: 'local', kind: 'openai-compatible' });
    expect(view.find('mine')?.cannot).toEqual(new Set(['vision']));
    expect([...view.names]).toEqual(['mine']);
    expect(catalogue.find('openai-compatible', 'mine')).toBeUndefined();
  });

  it('for a provider wins over that for its kind, field by field', () => {
    const models = { 'openai/gpt-x': { maxInputTokens: 1, maxOutputTokens: 1 }, 'second/gpt-x': { maxInputTokens: 2 } };
    const catalogue = overridden(models, base);
    const found = (name: string) => catalogue.of({ name, kind: 'openai' }).find('gpt-x');
    expect([found('first')?.maxInputTokens, found('second')?.maxInputTokens]).toEqual([1, 2]);
    expect(found('second')?.maxOutputTokens).toBe(1);
  });

  it('may point at another model of the catalogue', () => {
    const catalogue = overridden({ 'azure-openai/my-deployment': { like: 'openai/gpt-x', maxOutputTokens: 3 } }, base);
    expect(catalogue.find('azure-openai', 'my-deployment')).toMatchObject({
      can: new Set(['tools']),
      maxOutputTokens: 3,
    });
  });

  it('gives prices in USD for a million tokens, and other units by the piece', () => {
    const prices = [
      { usdPerMillionTokens: { input: 0.25, output: '2' } },
      { tier: 'flex', aboveInputTokens: 9, usdPerMillionTokens: { input: '0.125' }, usdPerUnit: { image: 0.04 } },
    ];
    expect(overridden({ 'openai/gpt-x': { prices } }, base).find('openai', 'gpt-x')?.prices).toEqual([
      { picoUsd: { input: 250_000, output: 2_000_000 } },
      { tier: 'flex', aboveInputTokens: 9, picoUsd: { input: 125_000, image: 40_000_000_000 } },
    ]);
  });

  it('takes every price up to the one that is named as the greatest', () => {
    const prices = [{ usdPerMillionTokens: { input: 9_500, output: '10000' } }];
    expect(overridden({ 'openai/gpt-x': { prices } }, base).find('openai', 'gpt-x')?.prices).toEqual([
      { picoUsd: { input: 9_500_000_000, output: 10_000_000_000 } },
    ]);
  });

  it.each([
    [{ 'gpt-x': {} }, 'expected PROVIDER/MODEL or KIND/MODEL'],
    [{ 'openai/gpt-x': { hots: 1 } }, 'Unrecognized key'],
    [{ 'openai/gpt-x': { can: ['flying'] } }, 'Invalid option'],
    [{ 'openai/gpt-x': { maxInputTokens: 0 } }, '>0'],
    [{ 'openai/gpt-x': { retiresOn: '2026-13-01' } }, 'expected YYYY-MM-DD'],
    [{ 'openai/gpt-x': { prices: [{ usdPerMillionTokens: { input: -1 } }] } }, 'expected an amount of USD'],
    [{ 'openai/gpt-x': { prices: [{ usdPerMillionTokens: { input: 2.5e-6 } }] } }, 'from 0.0001 to 10000'],
    [{ 'openai/gpt-x': { prices: [{ usdPerMillionTokens: { input: '0.00012345' } }] } }, 'six decimals at most'],
    [{ 'openai/gpt-x': { prices: [{ usdPerMillionTokens: { input: 20_000 } }] } }, 'expected'],
    [{ 'openai/gpt-x': { prices: [{ usdPerMillionTokens: { input: '10000.000001' } }] } }, 'to 10000'],
  ])('is refused as %j', (models, reason) => {
    const { success, error } = catalogueSettings.safeParse({ models });
    expect([success, error?.message]).toEqual([false, expect.stringContaining(reason)]);
  });
});

describe('the snapshot', () => {
  const catalogue = createCatalogue(readSnapshot());

  it.each([
    ['openai', 'gpt-5-mini', { input: 250_000, output: 2_000_000 }],
    ['anthropic', 'claude-opus-5-5', { input: 4_000_000, output: 20_000_000 }],
    ['google', 'gemini-3.5-flash', { input: 1_500_000, output: 9_000_000 }],
    ['openai', 'text-embedding-3-small', { input: 20_000, output: 0 }],
  ])('knows what %s/%s costs', (kind, model, prices) => {
    expect(catalogue.find(kind, model)?.prices[0]?.picoUsd).toMatchObject(prices);
  });

  it('has tiers, service tiers and cache writes', () => {
    const rows = catalogue.find('openai', 'gpt-5.5')?.prices ?? [];
    expect(rows.map(({ tier, aboveInputTokens }) => [tier, aboveInputTokens])).toContainEqual(['flex', 272_000]);
    expect(catalogue.find('anthropic', 'claude-haiku-4-5')?.prices[0]?.picoUsd).toMatchObject({
      cachedInput: 100_000,
      cacheWrite: 1_250_000,
      cacheWrite1h: 2_000_000,
    });
  });

  it('knows what models refuse', () => {
    expect(catalogue.find('openai', 'o3')?.refuses?.when).toBe('always');
    expect(catalogue.find('openai', 'gpt-5.1')).toMatchObject({
      defaultEffort: 'none',
      refuses: { when: 'reasoning' },
    });
    expect(catalogue.find('openai', 'gpt-4o')?.refuses).toBeUndefined();
    expect(catalogue.find('anthropic', 'claude-opus-5-5')?.refuses?.parameters).toContain('temperature');
  });

  it('knows abilities both ways', () => {
    expect(catalogue.find('openai', 'gpt-4o')?.can).toContain('vision');
    expect(catalogue.find('openai', 'gpt-3.5-turbo')?.cannot).toContain('vision');
  });
});
