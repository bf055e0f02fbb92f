import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const sources = globSync('{apps,packages,tooling}/**/src/**/*.ts', {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
});
const tests = sources.filter((path) => path.endsWith('.test.ts') && !path.endsWith('docs/src/security.test.ts'));

/** The rows of tables that say by what a promise is tested. */
function promises(): readonly string[] {
  const tables = page.split(/\n{2,}/).filter((part) => /^\| promise +\| tested by/.test(part));
  return tables.flatMap((table) =>
    table
      .split('\n')
      .slice(2)
      .filter((line) => line.startsWith('|')),
  );
}

describe('docs/security.md', () => {
  it('names for each promise the file that tests it', () => {
    expect(promises().length).toBeGreaterThan(15);
    expect(promises().filter((row) => !/`[\w./-]+\.ts`/.test(row.split('|').at(-2) ?? ''))).toEqual([]);
  });

  it('names only files that there are', () => {
    const named = promises().flatMap((row) => [...row.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path]) => path ?? ''));
    expect(named.filter((name) => !sources.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
  });

  it('names no weakness of another product without a test that is called by it', () => {
    const ids = [...page.matchAll(/\b(?:CVE-\d{4}-\d+|PYSEC-\d{4}-\d+|GHSA(?:-[a-z0-9]{4}){3})\b/g)].map(([id]) => id);
    const texts = sources
      .filter((path) => tests.includes(path) || path.includes('__fixtures__'))
      .map((path) => readFileSync(join(ROOT, path), 'utf8'));
    expect(ids.length).toBeGreaterThan(4);
    expect(ids.filter((id) => !texts.some((text) => text.includes(id)))).toEqual([]);
  });
});
