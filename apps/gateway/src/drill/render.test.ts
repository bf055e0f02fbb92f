import { describe, expect, it } from 'vitest';
import type { DrillReport, DrillResult } from './drill.js';
import { renderList, renderReport } from './render.js';
import type { Scenario } from './scenario.js';
import { USUAL } from './scenario.js';

const named = (name: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  summary: `does ${name}`,
  rows: ['F1'],
  at: 'first',
  asks: USUAL,
  ...more,
});

const result = (more: Partial<DrillResult> = {}): DrillResult => ({
  alias: 'fast',
  kind: 'stream',
  verdict: 'rescued',
  asked: 3,
  whole: 3,
  answeredBy: [{ target: 'b/m', count: 3 }],
  errors: [],
  addedMs: 8_000,
  mostAttempts: 2,
  unclean: [],
  ...more,
});

const FAILED: Partial<DrillResult> = {
  verdict: 'clean-errors',
  whole: 0,
  answeredBy: [],
  errors: [{ code: 'upstream_timeout', status: 504, inStream: false, count: 3 }],
  failedAfterMs: 600_000,
};
const failed = (): DrillResult => {
  const { addedMs: _, ...rest } = result({ kind: 'plain', ...FAILED });
  return rest;
};

function report(scenarios: DrillReport['scenarios'], more: Partial<DrillReport> = {}): readonly string[] {
  const standIns = [{ provider: 'a', kind: 'openai', speaks: 'openai' }];
  return renderReport({ config: 'x', standIns, scenarios, skipped: [], unclean: 0, ...more }).split('\n');
}

describe('renderReport', () => {
  it('heads one scenario with what happens in it', () => {
    const [head] = report([{ scenario: named('hangs'), results: [result()] }]);
    expect(head).toBe('hangs (F1): The provider of the first target does hangs.');
  });

  it('sums many up by alias: where callers got errors', () => {
    const lines = report([
      { scenario: named('hangs'), results: [result(), failed()] },
      { scenario: named('stalls'), results: [result(), result({ alias: 'good' })] },
    ]);
    expect(lines.slice(0, 8)).toEqual([
      '  scenario  alias  asked for      callers saw                  answered by           waited              attempts',
      '  hangs     fast   streams        whole answers, 3 of 3 whole  b/m                   +8.0 s              2',
      '                   plain answers  errors, 0 of 3 whole         504 upstream_timeout  error after 10 min  2',
      '  stalls    fast   streams        whole answers, 3 of 3 whole  b/m                   +8.0 s              2',
      '            good   streams        whole answers, 3 of 3 whole  b/m                   +8.0 s              2',
      '',
      'fast: callers got nothing but whole answers in 1 of 2 scenarios, and errors in',
      '  hangs',
    ]);
    expect(lines[8]).toBe('good: callers got nothing but whole answers in 2 of 2 scenarios.');
  });

  it('says what is unclean, beside it and below', () => {
    const bad = result({ verdict: 'unclean', whole: 0, unclean: ['a cut answer that looked whole'], answeredBy: [] });
    const lines = report([{ scenario: named('cuts'), results: [bad] }], { unclean: 1 });
    expect(lines.some((line) => line.includes('UNCLEAN, 0 of 3 whole  a cut answer that looked whole'))).toBe(true);
    expect(lines.at(-2)).toMatch(/^1 of 1 results are UNCLEAN/);
  });

  it('names what was not drilled, and stand-ins that speak another API', () => {
    const lines = report([{ scenario: named('hangs'), results: [result()] }], {
      standIns: [{ provider: 'mine', kind: 'ollama', speaks: 'openai' }],
      skipped: [{ alias: 'words', reason: 'it is for something else' }],
    });
    expect(lines).toContain('Not drilled: words: it is for something else.');
    expect(lines).toContain("The stand-ins of mine speak OpenAI's API, not their own.");
  });

  it('scores what is of the benchmark, and counts the scores', () => {
    const scenario = named('benchmark-cut', { benchmark: 'S08', rows: [] });
    const lines = report([
      { scenario, results: [result({ benchmark: { id: 'S08', verdict: 'partial', notes: ['no usage was told'] } })] },
    ]);
    expect(lines[3]).toBe('  benchmark-cut  S08  fast   partial  b/m          +8.0 s  2         no usage was told');
    expect(lines).toContain('fast: 0 pass, 1 partial, 0 safe, 0 fail');
  });

  it.for([
    [0, '+0 ms'],
    [34.4, '+34 ms'],
    [8_000, '+8.0 s'],
    [87_300, '+87.3 s'],
    [600_000, '+10 min'],
  ] as const)('writes %d ms as %s', ([addedMs, text]) => {
    expect(report([{ scenario: named('x'), results: [result({ addedMs })] }]).join('\n')).toContain(`  ${text}  `);
  });
});

describe('renderList', () => {
  it('has a line for each scenario', () => {
    const all = named('b', { at: 'all', rows: ['F2', 'F3'] });
    expect(renderList([named('a'), all]).split('\n')).toEqual([
      "  scenario  row    the provider of each alias's first target",
      '  a         F1     does a',
      '  b         F2 F3  (all providers) does b',
      '',
    ]);
  });
});
