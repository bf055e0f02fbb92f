import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPublic, readWorkspace, reportAndExit, ROOT, run } from '@sluice/tooling-workspace';
import type { WorkspacePackage } from '@sluice/tooling-workspace';
import { checkTarball } from './check-tarball.js';

const packages = readWorkspace(ROOT).filter(isPublic);
const folder = await mkdtemp(join(tmpdir(), 'sluice-packed-'));

async function check({ manifest }: WorkspacePackage): Promise<readonly string[]> {
  const tarball = join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
  return (await checkTarball(tarball)).map((problem) => `${manifest.name}: ${problem}`);
}

async function checkAll(): Promise<readonly string[]> {
  try {
    const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
    await run('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', folder]);
    return (await Promise.all(packages.map(check))).flat();
  } finally {
    await rm(folder, { recursive: true });
  }
}

reportAndExit(await checkAll());
