import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkTarball } from './check-tarball.js';

const manifest = {
  name: 'thing',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};
const sound = {
  'package.json': JSON.stringify(manifest),
  'README.md': '# thing',
  LICENSE: 'MIT',
  'dist/index.js': 'export const answer = 42;',
  'dist/index.d.ts': 'export declare const answer: 42;',
};
let folder: string;

/** Packs files as npm does, everything under `package/`, and checks the tarball. */
function check(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'package', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  execFileSync('tar', ['-czf', 'thing.tgz', 'package'], { cwd: folder });
  return checkTarball(join(folder, 'thing.tgz'));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tarball-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is content with a sound package', async () => {
  expect(await check(sound)).toEqual([]);
});

it('finds a file that should have stayed at home', async () => {
  expect(await check({ ...sound, 'src/index.ts': 'export const answer = 42;' })).toContain('ships src/index.ts');
});

it('misses the readme', async () => {
  const { 'README.md': _readme, ...rest } = sound;
  expect(await check(rest)).toContain('does not ship README.md');
});

it('finds an entry that leads to nothing', async () => {
  const exports = { ...manifest.exports, './internal': { types: './dist/no.d.ts', default: './dist/no.js' } };
  const problems = await check({ ...sound, 'package.json': JSON.stringify({ ...manifest, exports }) });
  expect(problems.join('\n')).toMatch(/no\.js/);
});

it('finds types that lie about the module format', async () => {
  const problems = await check({ ...sound, 'package.json': JSON.stringify({ ...manifest, type: 'commonjs' }) });
  expect(problems).not.toEqual([]);
});
