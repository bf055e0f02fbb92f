import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { WorkspacePackage } from '@sluice/tooling-workspace';
import { matchesAny } from './layers.js';
import type { Layer, Layers } from './layers.js';
import { usesOf } from './uses.js';
import type { Use } from './uses.js';

type Rule = (use: Use) => string | undefined;

/** Problems of the whole workspace, one line each; empty when every package keeps to its layer. */
export function checkBoundaries(packages: readonly WorkspacePackage[], layers: Layers): readonly string[] {
  const rules = [layerRule(packages, layers), ownerRule(layers), entryRule(packages), escapeRule, listedRule(layers)];
  return usesOf(packages).flatMap((use) =>
    rules.flatMap((rule) => {
      const problem = rule(use);
      return problem === undefined ? [] : [`${use.file}: ${problem}`];
    }),
  );
}

/** A package uses only what its layer may use, and no neighbour. */
function layerRule(packages: readonly WorkspacePackage[], layers: Layers): Rule {
  return (use) => {
    const used = packages.find(({ manifest }) => manifest.name === packageOf(use.specifier));
    if (used === undefined || used === use.user || isException(use, layers)) return undefined;
    const { name, uses, testsUse } = layerOf(use.user, layers);
    const target = layerOf(used, layers).name;
    if (uses.includes(target) || (use.forTests && testsUse.includes(target))) return undefined;
    return `the layer "${name}" may not use ${use.specifier}, which is of "${target}"`;
  };
}

/** A restricted library appears only where its owner is. */
function ownerRule({ owners, unrestricted }: Layers): Rule {
  return ({ user, specifier }) => {
    const library = packageOf(specifier);
    const owned = Object.entries(owners).find(([pattern]) => isLibrary(library, pattern));
    if (owned === undefined || matchesAny(user.folder, [...owned[1], ...unrestricted])) return undefined;
    return `only ${owned[1].join(' and ')} may use ${library}`;
  };
}

/** A package is entered by its `exports` only. */
function entryRule(packages: readonly WorkspacePackage[]): Rule {
  return ({ specifier, by }) => {
    const name = packageOf(specifier);
    const used = packages.find(({ manifest }) => manifest.name === name);
    if (by === 'manifest' || used === undefined) return undefined;
    if (`.${specifier.slice(name.length)}` in (used.manifest.exports ?? {})) return undefined;
    return `${specifier} is not among the exports of ${name}`;
  };
}

/** A relative import stays inside its package. */
const escapeRule: Rule = ({ user, specifier, file }) => {
  const leaves = specifier.startsWith('.') && !posix.join(file, '..', specifier).startsWith(`${user.folder}/`);
  return leaves ? `${specifier} leaves the package` : undefined;
};

/** What a source imports, its manifest lists; what ships does not rest on a devDependency. */
function listedRule({ providedByRunner }: Layers): Rule {
  return ({ user: { manifest }, specifier, by, forTests }) => {
    const library = packageOf(specifier);
    if (by === 'manifest' || specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
    if (library === manifest.name || providedByRunner.includes(library)) return undefined;
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    const development = forTests || manifest.private ? manifest.devDependencies : {};
    if (library in { ...dependencies, ...peerDependencies, ...optionalDependencies, ...development }) return undefined;
    return `${library} is missing from the dependencies of ${manifest.name}`;
  };
}

function isException({ user, specifier, by }: Use, { exceptions }: Layers): boolean {
  const entries = exceptions.filter(({ from }) => matchesAny(user.folder, [from])).map(({ to }) => to);
  return entries.some((entry) => specifier === (by === 'manifest' ? packageOf(entry) : entry));
}

function layerOf({ folder }: WorkspacePackage, { layers }: Layers): Layer {
  const layer = layers.find(({ folders }) => matchesAny(folder, folders));
  if (layer === undefined) throw new Error(`${folder} belongs to no layer of layers.json.`);
  return layer;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isLibrary(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
