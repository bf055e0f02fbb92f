import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { documentedSettings, settingsOf } from './settings.js';
import type { SchemaNode } from './settings.js';

const cli = ['--conditions=@sluice/source', 'apps/gateway/src/main.ts', 'schema'];
const settings = settingsOf(JSON.parse(await run('tsx', cli)) as SchemaNode);
const documented = documentedSettings(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'));

describe('docs/configuration.md', () => {
  it('has every setting of the schema, and no other', () => {
    expect([...documented.keys()].sort()).toEqual([...new Set(settings.map(({ path }) => path))].sort());
  });

  it('names every default of the schema', () => {
    const wrong = settings.filter(({ path, initial }) => initial && !documented.get(path)?.includes(`\`${initial}\``));
    expect(wrong).toEqual([]);
  });
});

describe('the schema', () => {
  it('describes every setting', () => {
    expect(settings.filter(({ description }) => description === undefined)).toEqual([]);
  });
});
