import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { documentedSettings, settingsOf } from './settings.js';
import type { SchemaNode, Setting } from './settings.js';

const cli = ['--conditions=@sluice/source', 'apps/gateway/src/main.ts', 'schema'];
const settings = settingsOf(JSON.parse(await run('tsx', cli)) as SchemaNode);
const page = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
const documented = documentedSettings(page);
const defaults = new Map<string, string>();
const differing = new Set<string>();
for (const { path, initial = '' } of settings) {
  if ((defaults.get(path) ?? initial) !== initial) differing.add(path);
  defaults.set(path, initial);
}

describe('docs/configuration.md', () => {
  it('has every setting of the schema, and no other', () => {
    expect([...documented.keys()].sort()).toEqual([...new Set(settings.map(({ path }) => path))].sort());
  });

  it('names every default of the schema, in the row of its setting unless it differs from kind to kind', () => {
    const said = ({ path, initial }: Setting) =>
      (differing.has(path) ? page : documented.get(path))?.includes(`\`${initial}\``);
    expect(settings.filter((setting) => setting.initial && !said(setting))).toEqual([]);
  });
});

describe('the schema', () => {
  it('describes every setting', () => {
    expect(settings.filter(({ description }) => description === undefined)).toEqual([]);
  });
});
