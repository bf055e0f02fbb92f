import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { documentedSettings, kindsOf, settingsOf } from './settings.js';
import type { SchemaNode, Setting } from './settings.js';

const cli = ['--conditions=@sluice/source', 'apps/gateway/src/main.ts', 'schema'];
const schema = JSON.parse(await run('tsx', cli)) as SchemaNode;
const settings = settingsOf(schema);
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

describe('the README of every adapter', () => {
  it('names the settings that its kind has beside those that all have', () => {
    const kinds = kindsOf(schema);
    const [first = [], ...others] = kinds.map(({ names }) => names);
    const shared = first.filter((name) => others.every((names) => names.includes(name)));
    // Where there is an `apiKey` there may be several.
    const common = new Set([...shared, 'apiKeys']);
    const lacking = kinds.flatMap(({ kind, names }) => {
      const readme = readFileSync(join(ROOT, `packages/providers/${kind}/README.md`), 'utf8');
      return names
        .filter((name) => !common.has(name) && !new RegExp(`\`${name}\\b`).test(readme))
        .map((name) => [kind, name]);
    });
    expect(kinds.length).toBeGreaterThan(10);
    expect(lacking).toEqual([]);
  });
});
