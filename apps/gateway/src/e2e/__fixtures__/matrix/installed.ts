import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Why this machine cannot run something. */
export interface Unavailable {
  readonly skipped: string;
}

const CACHE = process.env['SLUICE_CACHE_DIR'] ?? fileURLToPath(new URL('../../../../../../.cache', import.meta.url));

/**
 * A folder with a program that is too large to be a dependency, or written in another language. The commands that install
 * it run once; the folder stays in the repository's cache. Where one fails there is the reason instead, except under
 * `CI=true`, where nothing may be skipped: there it throws.
 */
export function installed(
  name: string,
  commandsIn: (folder: string) => readonly (readonly [command: string, ...args: string[]])[],
): { readonly folder: string } | Unavailable {
  const folder = join(CACHE, name);
  const mark = join(folder, '.installed');
  if (existsSync(mark)) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [command, ...args] of commandsIn(folder)) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trimEnd().split('\n').at(-1) ?? '';
    if (process.env['CI'] === 'true') throw new Error(`${name} could not be installed: ${reason}`);
    return { skipped: reason };
  }
  writeFileSync(mark, '');
  return { folder };
}

/** What a test's name says of it. */
export function reasonOf(program: object | Unavailable): string {
  return 'skipped' in program ? ` (skipped: ${program.skipped})` : '';
}
