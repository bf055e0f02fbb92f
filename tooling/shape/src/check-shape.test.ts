import type { Manifest, WorkspacePackage } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { checkShape } from './check-shape.js';

const target = { '@sluice/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };
const manifest: Manifest = {
  name: '@sluice/thing',
  version: '0.0.0',
  license: 'MIT',
  description: 'A thing.',
  sideEffects: false,
  exports: { '.': target, './package.json': './package.json' },
};
const thing = (changes: Partial<Manifest> = {}, sources: Record<string, string> = {}, folder = 'packages/thing') => ({
  folder,
  manifest: { ...manifest, ...changes },
  sources: Object.entries(sources).map(([path, text]) => ({ path, text })),
});
const suites = ['providerSuite', 'keyStoreSuite'];
const check = (candidate: WorkspacePackage, missing: readonly string[] = []): readonly string[] =>
  checkShape(candidate, { suites, exists: (path) => !missing.includes(path), exported: {} });

describe('a published package', () => {
  it('passes when it has everything', () => {
    expect(check(thing({}, { 'src/index.ts': `export { a } from './a.js';` }))).toEqual([]);
  });

  it.each(['README.md', 'src/index.ts'])('has a %s', (path) => {
    expect(check(thing(), [path])).toEqual([`packages/thing: ${path} is missing`]);
  });

  it.each<[string, Partial<Manifest>]>([
    ['licence', { license: 'UNLICENSED' }],
    ['description', { description: '' }],
    ['freedom from side effects', { sideEffects: true }],
    ['main entry', { exports: {} }],
  ])('has a %s', (_, changes) => {
    expect(check(thing(changes))).toHaveLength(1);
  });

  it('lists types before the code they describe', () => {
    const { types, ...rest } = target;
    expect(check(thing({ exports: { '.': { ...rest, types } } }))).toEqual([
      'packages/thing: "exports" of "." does not begin with "@sluice/source", "types"',
    ]);
  });

  it('exports by name', () => {
    expect(check(thing({}, { 'src/index.ts': `export * from './a.js';` }))).toEqual([
      'packages/thing: src/index.ts has an "export *"',
    ]);
  });
});

describe('a provider', () => {
  const definition = { kind: 'groq', contractVersion: 1 };
  const provider = (test: string, exported: Record<string, unknown>): readonly string[] =>
    checkShape(thing({}, { 'src/groq.test.ts': test }, 'packages/providers/groq'), {
      suites,
      exists: () => true,
      exported,
    });
  const suite = 'providerSuite({ definition: groq });';

  it('passes with one definition and the suite', () => {
    expect(provider(suite, { groq: definition, encodeChat: () => undefined })).toEqual([]);
  });

  it('calls the provider suite', () => {
    expect(provider('', { groq: definition })).toEqual(['packages/providers/groq: no test calls providerSuite']);
  });

  it('exports no second definition', () => {
    expect(provider(suite, { groq: definition, grok: definition })).toEqual([
      'packages/providers/groq: exports 2 provider definitions, not one: groq, grok',
    ]);
  });

  it('may export the function that makes its definition instead', () => {
    expect(provider(suite, { createGroqDefinition: () => definition })).toEqual([]);
  });

  it('exports a definition', () => {
    expect(provider(suite, {})).toHaveLength(1);
  });
});

describe('a store', () => {
  const makesKeys = { 'src/keys.ts': 'export function createKeys(): KeyStore {' };
  const store = (sources: Record<string, string>, suites: readonly string[]): readonly string[] =>
    checkShape(thing({}, sources, 'packages/stores/memory'), { suites, exists: () => true, exported: {} });

  it('calls the suite of a port that it implements', () => {
    expect(store({ ...makesKeys, 'src/keys.test.ts': 'keyStoreSuite({ open });' }, suites)).toEqual([]);
    expect(store(makesKeys, suites)).toEqual(['packages/stores/memory: no test calls keyStoreSuite']);
  });

  it('owes no suite of a port that it does not implement', () => {
    expect(store({}, suites)).toEqual([]);
  });

  it('owes no suite that does not exist', () => {
    expect(store(makesKeys, [])).toEqual([]);
  });
});
