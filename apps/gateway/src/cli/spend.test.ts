import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '@sluice/store-sqlite';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import type { CapturedContext } from '../__fixtures__/cli.js';
import { DAY_MS, START_MS, addSpendRows } from '../__fixtures__/spend-rows.js';
import type { SpendRow } from '../__fixtures__/spend-rows.js';
import { openDataDir } from '../data-dir.js';
import { readTime } from './read-time.js';

const UNPRICED = { provider: 'openai', model: 'gpt-5-mini-2025-08-07' };
const PRICED = { ...UNPRICED, costMicroUsd: 1_250_000 };

/** A data directory with requests, a day apart. */
function contextOf(rows: readonly SpendRow[]): CapturedContext {
  const context = capturedContext();
  const store = openSqliteStore({ path: openDataDir(join(context.cwd, '.sluice')).databasePath });
  addSpendRows(
    store,
    rows.map((row) => ({ settlement: PRICED, ...row })),
  );
  store.close();
  return context;
}

const THREE = [{}, { team: 'a' }, { team: '=a\u001b[2J', settlement: UNPRICED }];

describe('sluice spend', () => {
  it('shows a table of days, with the total below', async () => {
    const { code, stdout, stderr } = await cli(['spend'], contextOf(THREE));
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'DAY         REQUESTS  FAILED  INPUT  OUTPUT  CACHED       USD',
        '2026-01-01         1       0      3       4       0  1.250000',
        '2026-01-02         1       0      3       4       0  1.250000',
        '2026-01-03         1       0      3       4       0  0.000000',
        'Total              3       0      9      12       0  2.500000',
        '',
      ],
    ]);
    expect(stderr).toBe('Of 1 requests no price is known: they are not in the sums.\n');
  });

  it('tells apart and leaves out what it is asked to, and moves no cursor', async () => {
    const context = contextOf(THREE);
    const { stdout } = await cli(['spend', '--by', 'team,key', '--since', '2026-01-02'], context);
    expect(stdout).toContain(String.raw`=a\u{1b}[2J  key_1 (ci)`);
    expect(stdout).not.toContain('2026-01-01');
    expect(JSON.parse((await cli(['spend', '--team', 'a', '--json'], context)).stdout)).toMatchObject({
      data: [{ day: '2026-01-02', requests: 1, costMicroUsd: 1_250_000 }],
      total: { requests: 1, usageSources: { provider: 1 } },
    });
  });

  it('writes CSV', async () => {
    const { stdout } = await cli(['spend', '--by', 'team', '--csv', '--until', '2026-01-04'], contextOf(THREE));
    const lines = stdout.split('\r\n');
    expect([lines.length, lines[0]?.split(',')[0], lines[2]]).toEqual([
      5,
      'team',
      `'=a\u001b[2J,1,0,3,4,0,0,0,1,1,0,0,0`,
    ]);
  });

  it('is empty where nothing was asked yet', async () => {
    const { code, stdout } = await cli(['spend', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { data: [], total: { requests: 0, costMicroUsd: 0 } }]);
  });

  it.each([
    [['--by', 'nobody'], '--by takes names out of day, org,'],
    [['--since', 'soon'], '--since takes a time'],
    [['--json', '--csv'], '--json or --csv, not both'],
  ])('takes no %j', async (argv, message) => {
    const { code, stderr } = await cli(['spend', ...argv]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('sluice spend recost', () => {
  const PRICES = { prices: [{ usdPerMillionTokens: { input: 100, output: 1_000 } }] };
  const priced = (): CapturedContext => {
    const context = contextOf(THREE);
    const catalogue = { models: { 'openai/gpt-5-mini-2025-08-07': PRICES } };
    const providers = { openai: { kind: 'openai', apiKey: { env: 'UPSTREAM_KEY' } } };
    writeFileSync(join(context.cwd, 'sluice.yaml'), JSON.stringify({ providers, catalogue }));
    return context;
  };
  const recost = async (context: CapturedContext, ...options: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout } = await cli(['spend', 'recost', '--since', '2026-01-01', '--json', ...options], context);
    return { code, ...(JSON.parse(stdout) as object) };
  };

  it('prices by the prices of today what can be priced, and nothing the second time', async () => {
    const context = priced();
    // The first two have a cost that no prices explain; the third had no price.
    const found = { requests: 3, adjusted: 1, unexplained: 2, microUsd: 4_300 };
    expect(await recost(context, '--dry-run')).toMatchObject({ code: 0, dryRun: true, ...found });
    expect(await recost(context)).toMatchObject({ code: 0, dryRun: false, ...found });
    expect(await recost(context)).toMatchObject({ adjusted: 0, unchanged: 1, microUsd: 0 });
    expect(JSON.parse((await cli(['spend', '--json'], context)).stdout)).toMatchObject({
      total: { requests: 3, costMicroUsd: 2_504_300, unpriced: 0 },
    });
    expect((await cli(['audit', 'verify'], context)).stdout).toContain('2');
  });

  it('says what came of it', async () => {
    const { stdout } = await cli(['spend', 'recost', '--since', '2026-01-01', '--until', '2026-01-02'], priced());
    expect(stdout).toBe(
      'Of 1 requests 0 are adjusted, by +0.000000 USD; 0 have no price today, 1 a cost that their counts do not tell.\n',
    );
  });

  it('is to be told from when on', async () => {
    const { code, stderr } = await cli(['spend', 'recost'], priced());
    expect([code, stderr]).toEqual([2, expect.stringContaining('--since')]);
  });
});

describe('sluice spend reconcile', () => {
  const costs = (value: number) => ({
    data: [{ start_time: START_MS / 1_000, results: [{ amount: { value }, line_item: 'gpt-5-mini, input' }] }],
  });
  const reconcile = async (value: number, ...options: string[]) => {
    const context = contextOf([{}]);
    writeFileSync(join(context.cwd, 'costs.json'), JSON.stringify(costs(value)));
    return cli(['spend', 'reconcile', 'costs.json', ...options], context);
  };

  it('is content where the provider bills what the ledger has', async () => {
    const { code, stdout } = await reconcile(1.25);
    expect([code, stdout.split('\n').map((line) => line.trim())[1]]).toEqual([
      0,
      expect.stringMatching(/^2026-01-01 {2}gpt-5-mini {2}costMicroUsd {2}1\.250000 USD {2}1\.250000 USD$/),
    ]);
  });

  it('ends with 1 where it does not, beyond what is tolerated', async () => {
    expect(await reconcile(1.5)).toMatchObject({ code: 1, stderr: '1 of 1 sums differ by more than is tolerated.\n' });
    expect((await reconcile(1.5, '--tolerance', '20')).code).toBe(0);
    const { code, stdout } = await reconcile(1.25, '--provider', 'other', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      1,
      { ok: false, data: [{ ours: 0, theirs: 1_250_000, isOff: true }] },
    ]);
  });

  it('agrees with no export that has nothing of what was used on its days', async () => {
    const context = contextOf([{}, {}]);
    const empty = (...days: number[]) => ({
      data: days.map((day) => ({ start_time: (START_MS + day * DAY_MS) / 1_000, results: [] })),
    });
    writeFileSync(join(context.cwd, 'empty.json'), JSON.stringify(empty(0, 1)));
    writeFileSync(join(context.cwd, 'other.json'), JSON.stringify(empty(5)));
    const { code, stdout } = await cli(['spend', 'reconcile', 'empty.json', '--json'], context);
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { ok: false }]);
    expect(stdout).toContain('{"day":"2026-01-02","model":"","measure":"costMicroUsd","ours":1250000,"theirs":0,');
    expect((await cli(['spend', 'reconcile', 'other.json'], context)).code).toBe(0);
  });

  it('takes a percentage and a file that is known', async () => {
    expect((await reconcile(1, '--tolerance', 'much')).code).toBe(2);
    expect(await cli(['spend', 'reconcile', 'nowhere.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nowhere.json') as string,
    });
  });
});

it.each([
  ['2026-01-01', Date.parse('2026-01-01T00:00:00Z')],
  ['2026-01-01T02:00:00+02:00', Date.parse('2026-01-01T00:00:00Z')],
  ['7d', START_MS - 7 * DAY_MS],
  ['30m', START_MS - 1_800_000],
])('reads the time %s', (text, ms) => expect(readTime('since', text, START_MS)).toBe(ms));

it.each(['', 'x', '2026-13-01', '2026-01-01T00:00:00', '1969-01-01', '-7d', '7y'])(
  'reads no time out of %j',
  (text) => {
    expect(() => readTime('since', text, START_MS)).toThrow('--since takes a time');
  },
);
