import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse } from 'yaml';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A source file of a package; `path` is relative to the package's folder, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** `folder` is relative to the repository's root, with forward slashes. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sources: readonly SourceFile[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.cache', '.turbo']);

/** Reads every package that `pnpm-workspace.yaml` in `root` names, in the order of their folders. */
export function readWorkspace(root: string): readonly WorkspacePackage[] {
  const { packages } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as { packages: string[] };
  const manifests = packages.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }));
  return manifests.sort().map((path) => readPackage(root, dirname(path)));
}

/** True for what is published to npm. */
export function isPublic({ manifest }: WorkspacePackage): boolean {
  return manifest.private !== true;
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const path = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  const files = globSync('**/*.ts', { cwd: path, exclude: (name) => SKIPPED.has(name) });
  const sources = files.sort().map((file) => ({ path: file, text: readFileSync(join(path, file), 'utf8') }));
  return { folder: relative(root, path), manifest, sources };
}
