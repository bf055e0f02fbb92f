import type { Manifest, WorkspacePackage } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './check-boundaries.js';
import { layers } from './layers.js';

const entry = { '.': './src/index.ts' };

function pkg(folder: string, manifest: Partial<Manifest> = {}, sources: Record<string, string> = {}): WorkspacePackage {
  const name = `@sluice/${folder.split('/').slice(1).join('-').replace('providers-', 'provider-')}`;
  return {
    folder,
    manifest: { name, version: '0.0.0', exports: entry, ...manifest },
    sources: Object.entries(sources).map(([path, text]) => ({ path, text })),
  };
}
const uses = (...names: string[]): Partial<Manifest> => ({
  dependencies: Object.fromEntries(names.map((name) => [name, 'workspace:^'])),
});
const check = (...packages: WorkspacePackage[]): readonly string[] => checkBoundaries(packages, layers);

const contract = pkg('packages/contract');
const core = pkg('packages/core');

describe('layers', () => {
  it('lets a package use the layers below it', () => {
    const cache = pkg('packages/cache', uses('@sluice/contract'), {
      'src/index.ts': `export type { Clock } from '@sluice/contract';`,
    });
    expect(check(contract, cache)).toEqual([]);
  });

  it('refuses a dependency that points up', () => {
    expect(check(pkg('packages/contract', uses('@sluice/core')), core)).toEqual([
      'packages/contract/package.json: the layer "contract" may not use @sluice/core, which is of "parts"',
    ]);
  });

  it('refuses a dependency on a neighbour', () => {
    expect(check(core, pkg('packages/cache', uses('@sluice/core')))).toEqual([
      'packages/cache/package.json: the layer "parts" may not use @sluice/core, which is of "parts"',
    ]);
  });

  it('refuses an import of a neighbour that the manifest hides', () => {
    const cache = pkg('packages/cache', {}, { 'src/index.ts': `import type { Plan } from '@sluice/core';` });
    expect(check(core, cache)).toContain(
      'packages/cache/src/index.ts: the layer "parts" may not use @sluice/core, which is of "parts"',
    );
  });

  it('lets tests, but not sources, use the testkit', () => {
    const testkit = pkg('packages/testkit');
    const manifest = { devDependencies: { '@sluice/testkit': 'workspace:^' } };
    const text = `import { providerSuite } from '@sluice/testkit';`;
    expect(check(testkit, pkg('packages/core', manifest, { 'src/plan.test.ts': text }))).toEqual([]);
    expect(check(testkit, pkg('packages/core', manifest, { 'src/plan.ts': text }))).toContain(
      'packages/core/src/plan.ts: the layer "parts" may not use @sluice/testkit, which is of "testkit"',
    );
  });

  it('keeps the load tests free of everything of ours', () => {
    expect(check(contract, pkg('loadtests', uses('@sluice/contract')))).toHaveLength(1);
  });

  it('refuses a package that no layer names', () => {
    expect(() => check(pkg('elsewhere/thing', uses('@sluice/contract')), contract)).toThrow('elsewhere/thing');
  });
});

describe('the exception for provider adapters', () => {
  const compatible = pkg('packages/providers/openai-compatible', {
    exports: { ...entry, './internal': './src/internal.ts' },
  });
  const adapter = (from: string): WorkspacePackage =>
    pkg('packages/providers/groq', uses('@sluice/provider-openai-compatible'), {
      'src/index.ts': `import { chat } from '${from}';`,
    });

  it('opens the internal entry', () => {
    expect(check(compatible, adapter('@sluice/provider-openai-compatible/internal'))).toEqual([]);
  });

  it('opens no other entry', () => {
    expect(check(compatible, adapter('@sluice/provider-openai-compatible'))).toHaveLength(1);
  });
});

describe('owned libraries', () => {
  it.each([
    ['undici', 'packages/transport'],
    ['cockatiel', 'packages/breaker'],
    ['keyv', 'packages/stores/memory'],
    ['pino', 'packages/telemetry'],
    ['passport-headerapikey', 'packages/auth'],
    ['express', 'apps/gateway'],
  ])('%s belongs to %s', (library, owner) => {
    expect(check(pkg(owner, uses(library)))).toEqual([]);
    expect(check(pkg('packages/core', uses(library)))).toHaveLength(1);
  });

  it('refuses a built-in database client outside the stores', () => {
    const ledger = pkg('packages/ledger', {}, { 'src/index.ts': `import { DatabaseSync } from 'node:sqlite';` });
    expect(check(ledger)).toEqual(['packages/ledger/src/index.ts: only packages/stores/* may use node:sqlite']);
  });
});

describe('imports', () => {
  const importing = (specifier: string, manifest: Partial<Manifest> = {}): WorkspacePackage =>
    pkg('packages/cache', manifest, { 'src/lookup.ts': `const found = await import('${specifier}');` });

  it('refuses to reach past the exports of a package', () => {
    expect(check(contract, importing('@sluice/contract/src/errors.js', uses('@sluice/contract')))).toEqual([
      'packages/cache/src/lookup.ts: @sluice/contract/src/errors.js is not among the exports of @sluice/contract',
    ]);
  });

  it('refuses a relative path that leaves the package', () => {
    expect(check(importing('../../core/src/plan.js'))).toEqual([
      'packages/cache/src/lookup.ts: ../../core/src/plan.js leaves the package',
    ]);
  });

  it('refuses a library that the manifest does not list', () => {
    expect(check(importing('zod/mini'))).toEqual([
      'packages/cache/src/lookup.ts: zod is missing from the dependencies of @sluice/cache',
    ]);
  });

  it('refuses a source that ships but rests on a devDependency', () => {
    expect(check(importing('zod', { devDependencies: { zod: '4' } }))).toHaveLength(1);
  });

  it('needs no listing for what Node brings', () => {
    expect(check(importing('node:crypto'))).toEqual([]);
  });
});
