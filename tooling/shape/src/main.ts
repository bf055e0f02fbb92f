import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPublic, readWorkspace, reportAndExit, ROOT } from '@sluice/tooling-workspace';
import type { WorkspacePackage } from '@sluice/tooling-workspace';
import { checkShape } from './check-shape.js';

const packages = readWorkspace(ROOT);
const testkit = packages.find(({ folder }) => folder === 'packages/testkit');
const suites = new Set(testkit?.sources.flatMap(({ text }) => text.match(/\b[a-z]\w*Suite\b/g) ?? []));

async function check(candidate: WorkspacePackage): Promise<readonly string[]> {
  const { folder } = candidate;
  return checkShape(candidate, {
    suites: [...suites],
    exists: (path) => existsSync(join(ROOT, folder, path)),
    exported: folder.startsWith('packages/providers/') ? await load(folder) : {},
  });
}

async function load(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const index = join(ROOT, folder, 'src/index.ts');
  return existsSync(index) ? ((await import(pathToFileURL(index).href)) as Record<string, unknown>) : {};
}

reportAndExit((await Promise.all(packages.filter(isPublic).map(check))).flat());
