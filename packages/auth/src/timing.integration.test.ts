import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** dudect's bound: below it, two classes of inputs count as equally fast. */
const MAX_T = 4.5;
const SCRIPT = fileURLToPath(new URL('./__fixtures__/refusal-timing.ts', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

it('A-34 G25: takes as long to refuse a revoked, expired or disabled key as one that never existed', async () => {
  const args = ['--conditions=@sluice/source', '--import', 'tsx', SCRIPT, String(MAX_T)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: REPOSITORY });
  expect(stdout).not.toBe('');
  expect(Number(stdout)).toBeLessThan(MAX_T);
});
