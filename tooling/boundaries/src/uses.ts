import { importsOf } from '@sluice/tooling-workspace';
import type { WorkspacePackage } from '@sluice/tooling-workspace';

/** One use of a module by a package, by its manifest or by one of its sources. */
export interface Use {
  readonly user: WorkspacePackage;
  /** As written: in a manifest a package's name, in a source an import specifier. */
  readonly specifier: string;
  /** The file, relative to the repository's root. */
  readonly file: string;
  readonly by: 'manifest' | 'source';
  readonly forTests: boolean;
}

const TEST_FILE = /\.test\.ts$|(^|\/)(__fixtures__|testing)\//;
const CONFIG_FILE = /^[\w.-]+\.config\.ts$/;

/** Every use of every package. Configuration files at a package's root are the build's, not the package's. */
export function usesOf(packages: readonly WorkspacePackage[]): readonly Use[] {
  return packages.flatMap((user) => [...manifestUses(user), ...sourceUses(user)]);
}

function manifestUses(user: WorkspacePackage): readonly Use[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = user.manifest;
  const use = { user, file: `${user.folder}/package.json`, by: 'manifest' } as const;
  return [
    ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }).map((specifier) => ({
      ...use,
      specifier,
      forTests: false,
    })),
    ...Object.keys(devDependencies ?? {}).map((specifier) => ({ ...use, specifier, forTests: true })),
  ];
}

function sourceUses(user: WorkspacePackage): readonly Use[] {
  const sources = user.sources.filter(({ path }) => !CONFIG_FILE.test(path));
  return sources.flatMap(({ path, text }) => {
    const use = { user, file: `${user.folder}/${path}`, by: 'source', forTests: TEST_FILE.test(path) } as const;
    return importsOf(text).map((specifier) => ({ ...use, specifier }));
  });
}
