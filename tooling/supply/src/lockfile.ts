import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The parts of a `pnpm-lock.yaml` of version 9 that say who brings whom. */
export interface Lockfile {
  readonly importers: Readonly<Record<string, Importer>>;
  /** By name and version; what the registry said of it. */
  readonly packages: Readonly<Record<string, { readonly resolution: { readonly integrity?: string } }>>;
  /** By name, version and the peers that it was joined with. */
  readonly snapshots: Readonly<Record<string, Snapshot>>;
}
interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly specifier: string; readonly version: string }>>;
}
interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function readLockfile(root: string): Lockfile {
  return parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as Lockfile;
}

/** A package of the registry as it is installed. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly integrity: string | undefined;
  /** The ids of those that it brings itself. */
  readonly brings: readonly string[];
}

export interface RuntimeTree {
  /** By `name@version`, in order. */
  readonly packages: ReadonlyMap<string, Installed>;
  /** The names that our own manifests name. */
  readonly direct: ReadonlySet<string>;
}

/** Everything that whoever installs these packages of ours gets with them. */
export function runtimeTree(lockfile: Lockfile, folders: readonly string[]): RuntimeTree {
  const packages = new Map<string, Installed>();
  const direct = new Map<string, string>();
  for (const folder of folders) {
    const named = Object.entries(lockfile.importers[folder]?.dependencies ?? {});
    for (const [name, { version }] of named) if (!version.startsWith('link:')) direct.set(name, version);
  }
  const waiting = [...direct];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [name, version] = next;
    const id = `${name}@${bare(version)}`;
    if (packages.has(id)) continue;
    const { dependencies = {}, optionalDependencies = {} } = lockfile.snapshots[`${name}@${version}`] ?? {};
    const brought = Object.entries({ ...dependencies, ...optionalDependencies });
    waiting.push(...brought);
    packages.set(id, {
      name,
      version: bare(version),
      integrity: lockfile.packages[id]?.resolution.integrity,
      brings: brought.map(([other, wanted]) => `${other}@${bare(wanted)}`).toSorted(),
    });
  }
  return { packages: new Map([...packages].toSorted(([a], [b]) => (a < b ? -1 : 1))), direct: new Set(direct.keys()) };
}

/** A version without the peers that it was joined with. */
function bare(version: string): string {
  return version.replace(/\(.*$/s, '');
}
