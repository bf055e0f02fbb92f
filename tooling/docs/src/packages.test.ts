import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, isPublic, readWorkspace } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { readPages } from './pages.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const workspace = readWorkspace(ROOT);

describe('README.md', () => {
  it('has a row for every published package, and for nothing else', () => {
    const rows = [...read('README.md').matchAll(/^\| \[`(\S+)`\]\((\S+)\/README\.md\)/gm)].map(
      ([, name, folder]) => `${name} ${folder}`,
    );
    const published = workspace.filter(isPublic).map(({ manifest, folder }) => `${manifest.name} ${folder}`);
    expect(rows.toSorted()).toEqual(published.toSorted());
  });
});

describe('tooling/README.md', () => {
  it('names every tool', () => {
    const [, ...rows] = read('tooling/README.md').split('\n| ');
    const named = new Set(
      rows.flatMap((row) => [...(row.split('|')[0] ?? '').matchAll(/`(\S+)`/g)].map(([, name]) => name)),
    );
    const tools = workspace
      .filter(({ folder }) => folder.startsWith('tooling/'))
      .map(({ folder }) => folder.slice('tooling/'.length));
    expect([...named].toSorted()).toEqual(tools.toSorted());
  });
});

describe('every page', () => {
  it('names only commands of pnpm that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: object };
    const known = new Set([...Object.keys(scripts), 'install']);
    const named = [...readPages()].flatMap(([path, text]) =>
      [...text.matchAll(/(?:`|^)pnpm ([a-z][\w:-]*)/gm)].map(([, command = '']) => ({ path, command })),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ command }) => !known.has(command))).toEqual([]);
  });
});
