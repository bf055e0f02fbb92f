import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { PRESETS } from '@sluice/provider-openai-compatible';
import { expect, it } from 'vitest';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
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

it('the README names every kind, and its package, and counts the presets', () => {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  const list = /^- Providers of kind .*?(?=^- )/ms.exec(readme)?.[0] ?? '';
  const lacking = PROVIDER_DEFINITIONS.filter(
    ({ kind }) => !list.includes(`\`${kind}\``) || !readme.includes(`(packages/providers/${kind}/README.md)`),
  );
  expect(lacking.map(({ kind }) => kind)).toEqual([]);
  expect(list).toContain(`[${Object.keys(PRESETS).length} presets]`);
});
