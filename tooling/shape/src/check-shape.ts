import type { Manifest, SourceFile, WorkspacePackage } from '@sluice/tooling-workspace';

/** What a check needs to know beside the package's own manifest and sources. */
export interface Surroundings {
  /** Looks up a path relative to the package's folder. */
  readonly exists: (path: string) => boolean;
  /** The conformance suites that the testkit offers. */
  readonly suites: readonly string[];
  /** What a provider's entry exports, by name; empty for other packages. */
  readonly exported: Readonly<Record<string, unknown>>;
}

/** Problems of one published package, one line each. */
export function checkShape(candidate: WorkspacePackage, around: Surroundings): readonly string[] {
  const problems = [
    ...fileProblems(around),
    ...manifestProblems(candidate.manifest),
    ...exportProblems(candidate.manifest.exports ?? {}, around),
    ...sourceProblems(candidate),
    ...suiteProblems(candidate, around),
    ...definitionProblems(candidate, around),
  ];
  return problems.map((problem) => `${candidate.folder}: ${problem}`);
}

function fileProblems({ exists }: Surroundings): readonly string[] {
  return ['README.md', 'src/index.ts'].filter((path) => !exists(path)).map((path) => `${path} is missing`);
}

function manifestProblems({ license, description, sideEffects }: Manifest): readonly string[] {
  const problems: string[] = [];
  if (license !== 'MIT') problems.push('"license" is not "MIT"');
  if (!description) problems.push('"description" is missing');
  if (sideEffects !== false) problems.push('"sideEffects" is not false');
  return problems;
}

/** The source condition comes first, so that tests need no build; then types, as resolvers take the first match. */
function exportProblems(exports: NonNullable<Manifest['exports']>, { exists }: Surroundings): readonly string[] {
  if (!('.' in exports)) return ['"exports" has no "."'];
  const entries = Object.entries(exports).filter(([, target]) => typeof target !== 'string');
  return entries.flatMap(([entry, target]) => {
    const [[first, source = ''] = [], [second] = []] = Object.entries(target);
    if (first !== '@sluice/source' || second !== 'types') {
      return [`"exports" of "${entry}" does not begin with "@sluice/source", "types"`];
    }
    return exists(source) ? [] : [`"exports" of "${entry}" leads to ${source}, which is missing`];
  });
}

function sourceProblems({ sources }: WorkspacePackage): readonly string[] {
  const starred = sources.filter(({ text }) => /^export \*/m.test(text));
  return starred.map(({ path }) => `${path} has an "export *"`);
}

/** Whatever a package implements of ours, its tests hand to the suite for it, where the testkit has one. */
function suiteProblems({ folder, sources }: WorkspacePackage, { suites }: Surroundings): readonly string[] {
  const tests = sources.filter(isTest);
  const shipped = sources.filter((source) => !isTest(source));
  return suites
    .filter((suite) => implementsSubjectOf(suite, folder, shipped))
    .filter((suite) => !tests.some(({ text }) => text.includes(`${suite}(`)))
    .map((suite) => `no test calls ${suite}`);
}

function implementsSubjectOf(suite: string, folder: string, shipped: readonly SourceFile[]): boolean {
  if (suite === 'providerSuite') return folder.startsWith('packages/providers/');
  if (suite === 'dialectSuite') return folder.startsWith('packages/dialects/');
  // A store has many ports: `keyValueStoreSuite` is for whoever makes a `KeyValueStore`.
  const port = new RegExp(`\\): ${suite.charAt(0).toUpperCase()}${suite.slice(1, -'Suite'.length)}\\b`);
  return folder.startsWith('packages/stores/') && shipped.some(({ text }) => port.test(text));
}

function isTest({ path }: SourceFile): boolean {
  return path.endsWith('.test.ts');
}

function definitionProblems({ folder }: WorkspacePackage, { exported }: Surroundings): readonly string[] {
  const names = Object.keys(exported).filter((name) => isDefinition(name, exported[name]));
  if (!folder.startsWith('packages/providers/') || names.length === 1) return [];
  return [`exports ${names.length} provider definitions, not one${names.length > 1 ? `: ${names.join(', ')}` : ''}`];
}

/** A definition, or the function that makes it for an adapter that needs something of the app. */
function isDefinition(name: string, value: unknown): boolean {
  if (typeof value === 'function') return /^create\w*Definition$/.test(name);
  return typeof value === 'object' && value !== null && 'kind' in value && 'contractVersion' in value;
}
