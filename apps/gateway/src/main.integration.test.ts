import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { temporaryDir } from './__fixtures__/temporary-dir.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of its own, as a person would start it. */
function sluice(cwd: string, ...argv: string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [inject('gatewayMain'), ...argv], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('the process', () => {
  it('makes, lists and revokes keys', async () => {
    const cwd = temporaryDir();
    const made = JSON.parse((await sluice(cwd, 'keys', 'create', 'ci', '--json')).stdout) as { id: string };
    expect((await sluice(cwd, 'keys', 'list')).stdout).toContain(`${made.id}  ci`);
    expect(await sluice(cwd, 'keys', 'revoke', made.id)).toEqual({
      code: 0,
      stdout: `Revoked ${made.id}.\n`,
      stderr: '',
    });
    expect((await sluice(cwd, 'keys', 'list')).stdout).toContain('revoked');
  });

  it('checks a configuration', async () => {
    const cwd = temporaryDir();
    writeFileSync(join(cwd, 'sluice.yaml'), 'providers: {sim: {kind: sim}}');
    writeFileSync(join(cwd, 'bad.yaml'), 'server: {port: 1, port: 2}');
    expect(await sluice(cwd, 'check')).toEqual({
      code: 0,
      stdout: 'ok: ./sluice.yaml (providers: sim; aliases: none)\n',
      stderr: '',
    });
    expect(await sluice(cwd, 'check', 'bad.yaml')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'config error at bad.yaml: line 1, column 19: the same key stands here twice\n',
    });
  });

  it('ends wrong usage with 2', async () => {
    expect(await sluice(temporaryDir(), 'nonsense')).toMatchObject({ code: 2, stdout: '' });
  });
});
