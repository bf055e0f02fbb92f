import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { loadConfig } from '../config/load-config.js';
import type { LoadOptions, LoadResult, LoadedConfig } from '../config/load-config.js';
import { problemLine } from '../config/problem.js';
import { temporaryDir } from './temporary-dir.js';

export type LoadSituation = Partial<LoadOptions> & {
  /** What `sluice.yaml` holds; absent: there is none. */
  readonly yaml?: string | Uint8Array;
};

/** Loads as a start in a new directory would. */
export function load({ yaml, ...options }: LoadSituation = {}): Promise<LoadResult> {
  const cwd = options.cwd ?? temporaryDir();
  if (yaml !== undefined) writeFileSync(join(cwd, 'sluice.yaml'), yaml);
  return loadConfig({ env: {}, definitions: PROVIDER_DEFINITIONS, ...options, cwd });
}

export async function loaded(situation: LoadSituation = {}): Promise<LoadedConfig> {
  const result = await load(situation);
  if (result.ok) return result;
  throw new Error(result.problems.map(problemLine).join('\n'));
}

/** The lines that a start would print; empty when it would go on. */
export async function problemLines(situation: LoadSituation): Promise<readonly string[]> {
  const result = await load(situation);
  return result.ok ? [] : result.problems.map(problemLine);
}
