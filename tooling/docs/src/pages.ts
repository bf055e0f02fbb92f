import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@sluice/tooling-workspace';

const EXCLUDED = /node_modules|\/dist|\/templates|__fixtures__|\.api\.md$|CHANGELOG/;

/** Every page of the repository, by its path from the root. Skeletons, fixtures and API reports are none. */
export function readPages(): ReadonlyMap<string, string> {
  const patterns = ['*.md', '{apps,docs,loadtests,packages,tooling}/**/*.md'];
  const paths = globSync(patterns, { cwd: ROOT, exclude: (path) => EXCLUDED.test(path) });
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}
