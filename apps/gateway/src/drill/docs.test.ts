import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCENARIOS, findScenarios } from './scenarios.js';
import { labelOf } from './describe.js';

const page = readFileSync(new URL('../../../../docs/drills.md', import.meta.url), 'utf8');

/** The cells of the page's lines that begin with a name in backquotes. */
function rows(): readonly (readonly string[])[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('README.md', () => {
  it('counts the scenarios', () => {
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
    const [all, benchmark] = ['all', 'benchmark'].map((name) => findScenarios(name)?.length);
    expect(benchmark).toBe(16);
    expect(readme).toContain(` ${all} scenarios, and the sixteen of the public benchmark`);
  });
});

describe('docs/drills.md', () => {
  it('has every scenario with its row and what happens in it', () => {
    const expected = SCENARIOS.map((scenario) => [
      `\`${scenario.name}\``,
      labelOf(scenario),
      scenario.at === 'all' ? `(all providers) ${scenario.summary}` : scenario.summary,
    ]);
    expect(rows()).toEqual(expected);
  });
});
