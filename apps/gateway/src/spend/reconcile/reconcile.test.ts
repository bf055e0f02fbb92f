import { describe, expect, it } from 'vitest';
import { canonicalModel, compareUses } from './compare.js';
import { parseCsv } from './parse-csv.js';
import { readExport } from './read-export.js';

const FIRST = 1_767_225_600;

describe('a file of CSV', () => {
  it('is read as RFC 4180 writes it', () => {
    expect(parseCsv('\uFEFFa,b\r\n1,"x, ""y"""\r\n2,"two\nlines"\n')).toEqual([
      { a: '1', b: 'x, "y"' },
      { a: '2', b: 'two\nlines' },
    ]);
    expect(parseCsv('')).toEqual([]);
    expect(() => parseCsv('a\n"b')).toThrow('line 2 is no CSV');
  });
});

describe('an export', () => {
  it.each<readonly [string, object, { readonly vendor: string; readonly use: object }]>([
    [
      'usage of OpenAI',
      { data: [{ start_time: FIRST, results: [{ model: 'gpt-5-mini', input_tokens: 10, output_tokens: 5 }] }] },
      { vendor: 'openai', use: { model: 'gpt-5-mini', inputTokens: 10, outputTokens: 5 } },
    ],
    [
      'costs of OpenAI, in two pages',
      [
        { data: [] },
        { data: [{ start_time: FIRST, results: [{ amount: { value: 0.06 }, line_item: 'gpt-5-mini, input' }] }] },
      ],
      { vendor: 'openai', use: { model: 'gpt-5-mini', costMicroUsd: 60_000 } },
    ],
    [
      'usage of Anthropic',
      {
        data: [
          {
            starting_at: '2026-01-01T00:00:00Z',
            results: [
              {
                model: 'claude-haiku-4-5',
                uncached_input_tokens: 1,
                cache_read_input_tokens: 2,
                cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 4 },
                output_tokens: 5,
              },
            ],
          },
        ],
      },
      { vendor: 'anthropic', use: { model: 'claude-haiku-4-5', inputTokens: 10, outputTokens: 5 } },
    ],
    [
      'costs of Anthropic, in cents',
      { data: [{ starting_at: '2026-01-01T00:00:00Z', results: [{ model: 'claude-haiku-4-5', amount: '123.45' }] }] },
      { vendor: 'anthropic', use: { model: 'claude-haiku-4-5', costMicroUsd: 1_234_500 } },
    ],
  ])('is read: %s', (_, file, { vendor, use }) => {
    expect(readExport(JSON.stringify(file))).toEqual({
      vendor,
      days: ['2026-01-01'],
      uses: [{ day: '2026-01-01', ...use }],
    });
  });

  it.each([
    [
      'usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,' +
        'usage_input_tokens_cache_read,usage_output_tokens\n2026-01-01,claude-haiku-4-5,1,2,3,4,5',
      { model: 'claude-haiku-4-5', inputTokens: 10, outputTokens: 5 },
    ],
    [
      'usage_date_utc,model,cost_usd\n2026-01-01,Claude Haiku 4.5,1.25',
      { model: 'Claude Haiku 4.5', costMicroUsd: 1_250_000 },
    ],
    [
      `start_time,model,input_tokens,output_tokens\n${FIRST},gpt-5-mini,10,5`,
      { model: 'gpt-5-mini', inputTokens: 10, outputTokens: 5 },
    ],
    [
      `start_time,amount_value,line_item\n${FIRST},0.06,"gpt-5-mini, input"`,
      { model: 'gpt-5-mini', costMicroUsd: 60_000 },
    ],
  ])('is read from CSV: %s', (text, use) => {
    expect(readExport(text).uses).toEqual([{ day: '2026-01-01', ...use }]);
  });

  it.each(['', '{}', '[]', 'a,b\n1,2', '{"data":[{"x":1}]}'])('is none that is known: %j', (text) => {
    expect(() => readExport(text)).toThrow('no usage or cost export');
  });

  it('is of the days that it has, whether anything was used on them or not', () => {
    const buckets = [
      { start_time: FIRST, results: [] },
      { start_time: FIRST + 86_400, results: [] },
    ];
    expect(readExport(JSON.stringify({ data: buckets }))).toEqual({
      vendor: 'openai',
      days: ['2026-01-01', '2026-01-02'],
      uses: [],
    });
  });

  it.each([
    JSON.stringify({ data: [{ start_time: FIRST, results: [] }, { results: [{ input_tokens: 1 }] }] }),
    '{"data":[{"starting_at":"soon","results":[]}]}',
    'start_time,model,input_tokens,output_tokens\n,gpt-5-mini,10,5',
    'usage_date_utc,model,cost_usd\n,m,1',
  ])('says of what days it is, or is refused: %s', (text) => {
    expect(() => readExport(text)).toThrow('where a day belongs');
  });

  it('holds numbers, or is refused', () => {
    expect(() => readExport('usage_date_utc,model,cost_usd\n2026-01-01,m,much')).toThrow(
      '"much" where a number belongs',
    );
  });
});

describe('the comparison', () => {
  const ours = {
    day: '2026-01-01',
    model: 'gpt-5-mini-2025-08-07',
    inputTokens: 1_000,
    outputTokens: 100,
    costMicroUsd: 2_000_000,
  };
  const theirs = { day: '2026-01-01', model: 'gpt-5-mini' };
  const off = (costMicroUsd: number): boolean | undefined =>
    compareUses([ours], [{ ...theirs, costMicroUsd }], 0.01)[0]?.isOff;

  it('tolerates a share of the greater sum, and a cent', () => {
    expect([off(2_000_000), off(1_981_000), off(2_019_000), off(1_900_000), off(2_100_000)]).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    const small = compareUses([{ ...ours, costMicroUsd: 1_000 }], [{ ...theirs, costMicroUsd: 10_000 }], 0);
    expect(small.map(({ isOff }) => isOff)).toEqual([false]);
  });

  it('holds tokens against tokens, and money against money, as far as the provider tells', () => {
    const rows = compareUses([ours], [{ ...theirs, inputTokens: 1_000, outputTokens: 200 }], 0.01);
    expect(rows.map(({ measure, isOff }) => [measure, isOff])).toEqual([
      ['inputTokens', false],
      ['outputTokens', true],
    ]);
  });

  it('finds what only one side has', () => {
    const rows = compareUses([ours], [{ ...theirs, day: '2026-01-02', costMicroUsd: 2_000_000 }], 0.5);
    expect(rows.map(({ day, ours: own, theirs: other, isOff }) => [day, own, other, isOff])).toEqual([
      ['2026-01-01', 2_000_000, 0, true],
      ['2026-01-02', 0, 2_000_000, true],
    ]);
  });

  it('holds all that was used against an export that has nothing', () => {
    expect(compareUses([ours], [], 0.01).map(({ measure, theirs: none, isOff }) => [measure, none, isOff])).toEqual([
      ['inputTokens', 0, true],
      ['outputTokens', 0, true],
      ['costMicroUsd', 0, true],
    ]);
    expect(compareUses([], [], 0.01)).toEqual([]);
  });

  it('takes all models of a day together where the export tells none', () => {
    const rows = compareUses(
      [ours, { ...ours, model: 'other' }],
      [{ day: ours.day, model: '', costMicroUsd: 4_000_000 }],
      0,
    );
    expect(rows).toMatchObject([{ model: '', ours: 4_000_000, theirs: 4_000_000, isOff: false }]);
  });

  it.each([
    ['Claude Haiku 4.5', 'claude-haiku-4-5'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['gpt-5-mini-2025-08-07', 'gpt-5-mini'],
    ['mistral-small-latest', 'mistral-small'],
  ])('knows %s as %s', (model, name) => expect(canonicalModel(model)).toBe(name));
});
