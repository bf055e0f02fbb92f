import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The first example of a file in the README. */
const [, example = ''] = /```yaml\n(providers:[\s\S]*?)```/.exec(read('README.md')) ?? [];
/** What docs/drills.md says that the command prints for it. */
const [, shown = ''] = /```text\n(  scenario[\s\S]*?)```/.exec(read('docs/drills.md')) ?? [];

/** Scenario, alias and what was asked for, of each line of a table; the rest may differ by milliseconds. */
function frame(table: string): readonly string[] {
  const [rows = ''] = table.split('\n\n');
  const lines = rows.split('\n').filter((line) => line.startsWith('  '));
  const width = lines[0]?.indexOf('callers saw') ?? 0;
  return lines.map((line) => line.slice(0, width).trimEnd());
}

describe('sluice drill all, on the example of the README', () => {
  it('prints its table, which docs/drills.md shows, and nothing in it is unclean', async () => {
    const cwd = temporaryDir();
    writeFileSync(join(cwd, 'sluice.yaml'), example);
    const { code, stdout, stderr } = await cli(['drill', 'all'], capturedContext({ cwd }));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('UNCLEAN');
    expect(stdout).toContain('No unclean failure in 88 results.');
    expect(frame(shown).length).toBeGreaterThan(80);
    expect(frame(stdout)).toEqual(frame(shown));
  }, 180_000);
});
