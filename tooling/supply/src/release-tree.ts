import { isPublic, readWorkspace, ROOT } from '@sluice/tooling-workspace';
import type { WorkspacePackage } from '@sluice/tooling-workspace';
import { readLockfile, runtimeTree } from './lockfile.js';
import type { RuntimeTree } from './lockfile.js';

/** What is published: the gateway, and the packages that it consists of. */
export const PUBLISHED: readonly WorkspacePackage[] = readWorkspace(ROOT).filter(isPublic);

/** What a user of all that is published installs from the registry. */
export const RELEASE_TREE: RuntimeTree = runtimeTree(
  readLockfile(ROOT),
  PUBLISHED.map(({ folder }) => folder),
);
