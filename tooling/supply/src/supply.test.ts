import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';
import { describe, expect, it } from 'vitest';
import { runtimeTree } from './lockfile.js';
import { PUBLISHED, RELEASE_TREE } from './release-tree.js';
import { toSbom } from './sbom.js';

interface InstalledManifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
}

/** Each package that our own manifests name, and why it is worth having. */
const reasons = JSON.parse(readFileSync(join(ROOT, 'tooling/supply/runtime-dependencies.json'), 'utf8')) as Readonly<
  Record<string, string>
>;
/** Where pnpm puts each package. */
const STORE = join(ROOT, 'node_modules/.pnpm');
const AT_INSTALL = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

function foldersOf(name: string, version: string): readonly string[] {
  return globSync(`${name.replace('/', '+')}@${version}{,_*}/node_modules/${name}`, { cwd: STORE });
}

/** What pnpm and npm would run of a package when it is installed from the registry. */
function runsAtInstall(folder: string): boolean {
  const { scripts = {}, gypfile } = JSON.parse(
    readFileSync(join(STORE, folder, 'package.json'), 'utf8'),
  ) as InstalledManifest;
  const isBuilt = gypfile !== false && existsSync(join(STORE, folder, 'binding.gyp'));
  return isBuilt || AT_INSTALL.slice(0, 3).some((name) => scripts[name] !== undefined);
}

describe('what a user of the gateway installs', () => {
  const installed = [...RELEASE_TREE.packages.values()];

  it('is at most 130 packages', () => {
    expect(installed.length).toBeLessThanOrEqual(130);
    expect(installed.length).toBeGreaterThan(60);
  });

  it('has for each package that we name ourselves a reason, and no reason for what is not named', () => {
    expect(Object.keys(reasons)).toEqual([...RELEASE_TREE.direct].toSorted());
    expect(Object.entries(reasons).filter(([, reason]) => reason.length < 30)).toEqual([]);
  });

  it('runs nothing at the install', () => {
    const folders = installed.map(({ name, version }) => [`${name}@${version}`, foldersOf(name, version)] as const);
    // What another platform needs is not installed here.
    const unseen = folders.filter(([, found]) => found.length === 0).map(([id]) => id);
    expect(unseen).toEqual([]);
    expect(folders.filter(([, found]) => found.some(runsAtInstall)).map(([id]) => id)).toEqual([]);
  });

  it('is held to a hash in every case', () => {
    expect(installed.filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
  });

  it('comes from the registry: no git, no archive, no folder', () => {
    const odd = PUBLISHED.flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {})).filter(
      ([, wanted]) => !/^(?:workspace:\^|[\^~]?\d+\.\d+\.\d+)$/.test(wanted),
    );
    expect(odd).toEqual([]);
  });

  it('is nothing of our own that runs at the install', () => {
    const scripts = PUBLISHED.flatMap(({ manifest, folder }) => {
      const own = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as InstalledManifest;
      return AT_INSTALL.filter((name) => own.scripts?.[name] !== undefined).map((name) => `${manifest.name} ${name}`);
    });
    expect(scripts).toEqual([]);
  });
});

describe('installs', () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

  it.each(['.ci/run', '.github/workflows/release.yml'])('of %s follow the lockfile', (path) => {
    const installs = [...read(path).matchAll(/pnpm install.*/g)].map(([line]) => line);
    expect(installs.length).toBeGreaterThan(0);
    expect(installs.filter((line) => !line.includes('--frozen-lockfile'))).toEqual([]);
  });

  it('let no package run its scripts but those that are named', () => {
    expect(read('pnpm-workspace.yaml')).not.toContain('dangerouslyAllowAllBuilds');
    expect([...read('pnpm-workspace.yaml').matchAll(/^ {2}(\S+): true$/gm)].map(([, name]) => name)).toEqual([
      'esbuild',
    ]);
  });

  it('of a release say which commit and workflow built it', () => {
    const workflow = read('.github/workflows/release.yml');
    expect(workflow).toContain('id-token: write');
    expect(workflow).toMatch(/NPM_CONFIG_PROVENANCE: 'true'/);
    expect(workflow).toContain('pnpm --silent release:sbom > ');
  });
});

describe('workflows', () => {
  const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT });

  it.each(workflows)('%s runs actions by the commit that was looked at, and no tag that can be moved', (path) => {
    const uses = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^ *(?:- )?uses: *(.*)$/gm)].map(([, one]) => one);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((one = '') => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one))).toEqual([]);
  });

  it.each(workflows)('%s has no rights but those that it names, and no secret that outlives it', (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)$/m);
    expect(
      [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name).filter((name) => name !== 'GITHUB_TOKEN'),
    ).toEqual([]);
  });
});

/** A guardrail's sandbox was left by code that it ran: what is not run cannot break out. */
describe('CVE-2026-40217: no text is ever run as code', () => {
  const sources = globSync('{apps,packages}/**/src/**/*.ts', {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules'),
  }).filter((path) => !/\.test\.ts$|__fixtures__/.test(path));
  const RUNS_TEXT = [
    /\beval\s*\(/,
    /\bnew\s+Function\b/,
    /(?<![.\w])Function\s*\(/,
    /\b(?:Async|Generator|AsyncGenerator)Function\s*\(/,
    /(?:from|import|import\(|require\()\s*['"](?:node:)?vm['"]/,
    /\.constructor\s*\.\s*constructor/,
    /\bset(?:Timeout|Interval)\s*\(\s*['"`]/,
    /import\(\s*['"`]data:/,
    /\bprocess\.binding\b/,
  ];

  // The one use of `vm`: a name of V8's own, the same each time, to ask for a collection when the heap is all but full.
  const COLLECTOR =
    /import \{ runInNewContext \} from 'node:vm';(?=[^]*\brunInNewContext\('gc'\))(?![^]*\brunInNewContext\((?!'gc'\)))/;

  it('looks at all sources', () => {
    expect(sources.length).toBeGreaterThan(400);
  });

  it.each(RUNS_TEXT)('%s stands nowhere', (pattern) => {
    const codeOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8').replace(COLLECTOR, '');
    expect(sources.filter((path) => pattern.test(codeOf(path)))).toEqual([]);
  });
});

describe('the SBOM', () => {
  const subject = { name: 'sluice', version: '1.2.3', own: [{ name: '@sluice/core', version: '1.2.3' }] };
  const lockfile = {
    importers: { 'apps/gateway': { dependencies: { a: { specifier: '^1.0.0', version: '1.0.0(peer@2.0.0)' } } } },
    packages: { 'a@1.0.0': { resolution: { integrity: 'sha512-AAECAw==' } }, '@s/b@2.0.0': { resolution: {} } },
    snapshots: { 'a@1.0.0(peer@2.0.0)': { dependencies: { '@s/b': '2.0.0' } }, '@s/b@2.0.0': {} },
  };
  const sbom = (): object => toSbom(runtimeTree(lockfile, ['apps/gateway']), subject);

  it('has every package with its address, its hash and what it brings', () => {
    expect(sbom()).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { name: 'sluice', version: '1.2.3' } },
      components: [
        { name: '@sluice/core', purl: 'pkg:npm/%40sluice/core@1.2.3' },
        { name: '@s/b', version: '2.0.0', purl: 'pkg:npm/%40s/b@2.0.0' },
        { name: 'a', version: '1.0.0', hashes: [{ alg: 'SHA-512', content: '00010203' }] },
      ],
      dependencies: [
        { ref: 'pkg:npm/sluice@1.2.3', dependsOn: ['pkg:npm/%40sluice/core@1.2.3', 'pkg:npm/a@1.0.0'] },
        { ref: 'pkg:npm/%40s/b@2.0.0', dependsOn: [] },
        { ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/%40s/b@2.0.0'] },
      ],
    });
  });

  it('is the same for the same tree', () => {
    expect(JSON.stringify(sbom())).toBe(JSON.stringify(sbom()));
    expect(sbom()).toHaveProperty(
      'serialNumber',
      expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    );
  });
});
