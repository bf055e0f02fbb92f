import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryDir } from './__fixtures__/temporary-dir.js';

const MODULE = fileURLToPath(new URL('./data-dir.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** Begins when told to, so that two processes meet in each of many new directories. */
const PROGRAM = `
  import { openDataDir } from ${JSON.stringify(MODULE)};
  const [parent, startMs] = process.argv.slice(1);
  while (Date.now() < Number(startMs));
  for (let n = 0; n < 50; n += 1) console.log(openDataDir(parent + n).adminKey(undefined).key);`;

async function adminKeys(parent: string, startMs: number): Promise<string> {
  const args = ['--conditions=@sluice/source', '--input-type=module', '--import', TSX, '-e', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, parent, String(startMs)]);
  return stdout;
}

it('gives the same admin key to two first starts at once', async () => {
  const parent = join(temporaryDir(), 'state');
  const startMs = Date.now() + 1_500;
  const [one, other] = await Promise.all([adminKeys(parent, startMs), adminKeys(parent, startMs)]);
  expect(one.split('\n')).toHaveLength(51);
  expect(other).toBe(one);
});
