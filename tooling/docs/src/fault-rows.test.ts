import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { expect, it } from 'vitest';

const page = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8');
const rows = [...page.matchAll(/^\| (F\d+) /gm)].map(([, row]) => row as string);

/** Every row that a test names. */
async function namedRows(): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for await (const path of glob('{apps,packages,tooling}/**/src/**/*.test.ts', {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  })) {
    if (path.endsWith('fault-rows.test.ts')) continue;
    const code = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
    for (const [row] of code.matchAll(/\bF\d+\b/g)) named.add(row);
  }
  return named;
}

it('docs/faults.md has each row once, in order', () => {
  const numbers = rows.map((row) => Number(row.slice(1)));
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  expect(numbers.length).toBeGreaterThan(50);
});

it('each row of docs/faults.md is named by a test', async () => {
  const named = await namedRows();
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});

it('tests name no row that docs/faults.md does not have', async () => {
  expect([...(await namedRows())].filter((row) => !rows.includes(row))).toEqual([]);
});
