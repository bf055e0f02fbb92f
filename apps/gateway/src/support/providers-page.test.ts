import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { providersPage } from './providers-page.js';

const ROOT = new URL('../../../../', import.meta.url);

const page = providersPage((kind) => {
  const folder = new URL(`packages/providers/${kind}/src/__fixtures__/`, ROOT);
  return existsSync(folder) ? readdirSync(folder) : [];
});

it('docs/providers.md is what `pnpm docs:providers` writes', () => {
  expect(readFileSync(new URL('docs/providers.md', ROOT), 'utf8')).toBe(page);
});

it('what is neither sent nor told is what happens by itself', () => {
  const unsaid = page.split('\n').filter((line) => /\| unsaid +\|/.test(line));
  const names = new Set(unsaid.map((line) => line.split('|')[1]?.trim()));
  expect([...names].sort()).toEqual(['reasoning.effort `none`', 'toolChoice `none`']);
});
