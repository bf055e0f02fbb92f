import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import type { CapturedContext } from '../__fixtures__/cli.js';

async function createKey(context: CapturedContext, ...options: string[]) {
  const { stdout } = await cli(['keys', 'create', 'ci', '--json', ...options], context);
  return JSON.parse(stdout) as { id: string; key: string; [field: string]: unknown };
}

async function listKeys(context: CapturedContext) {
  const { stdout } = await cli(['keys', 'list', '--json'], context);
  return (JSON.parse(stdout) as { data: unknown[] }).data;
}

describe('sluice keys', () => {
  it('puts a new key on stdout alone, for scripts', async () => {
    const { code, stdout, stderr } = await cli(['keys', 'create', 'ci']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^sk-sluice-[A-Za-z0-9_-]{43}\n$/)]);
    expect(stderr).toMatch(/^Made key_\S+ for "ci"\. The key is shown this once\.\n$/);
  });

  it('makes a key with everything that is asked for', async () => {
    const context = capturedContext();
    const options = ['--models', 'fast, sim/*', '--rpm', '5', '--concurrent', '0', '--expires', '2099-01-01T00:00:00Z'];
    const { key, id, ...made } = await createKey(context, ...options);
    expect(made).toMatchObject({
      models: ['fast', 'sim/*'],
      limits: { requestsPerMinute: 5, concurrent: 0 },
      expiresAt: '2099-01-01T00:00:00.000Z',
    });
    expect(await listKeys(context)).toEqual([{ id, ...made }]);
    expect(key.slice(-4)).toBe(made['last4']);
  });

  it('takes a profile of the configuration and no other', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'sluice.yaml'), 'limits: {profiles: {slow: {requestsPerMinute: 5}}}');
    expect(await createKey(context, '--profile', 'slow')).toMatchObject({ profile: 'slow' });
    const { code, stderr } = await cli(['keys', 'create', 'ci', '--profile', 'fast'], context);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no profile "fast"')]);
  });

  it('uses the prefix of the configuration', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'sluice.yaml'), 'auth: {keys: {prefix: acme-}}');
    expect((await createKey(context)).key).toMatch(/^acme-/);
  });

  it('needs no provider secrets', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'sluice.yaml'), 'providers: {o: {kind: openai, apiKey: {env: UNSET}}}');
    expect((await cli(['keys', 'list'], context)).code).toBe(0);
  });

  it('lists keys for people', async () => {
    const context = capturedContext();
    expect((await cli(['keys', 'list'], context)).stdout).toBe('No keys yet: sluice keys create NAME\n');
    const first = await createKey(context);
    await createKey(context, '--expires', '2099-01-01T00:00:00Z');
    await cli(['keys', 'revoke', first.id], context);
    const { stdout } = await cli(['keys', 'list'], context);
    expect(stdout).toMatch(/ID +NAME +KEY +CREATED +STATE/);
    expect(stdout).toMatch(new RegExp(`${first.id}  ci +\\.\\.\\.${first.key.slice(-4)} .* revoked 20`));
    expect(stdout).toContain('until 2099-01-01T00:00:00.000Z');
    expect(stdout).not.toContain(first.key);
  });

  it('revokes a key, once and again', async () => {
    const context = capturedContext();
    const { id } = await createKey(context);
    expect(await cli(['keys', 'revoke', id], context)).toMatchObject({ code: 0, stdout: `Revoked ${id}.\n` });
    expect((await cli(['keys', 'revoke', id, '--json'], context)).stdout).toBe(`{"id":"${id}","revoked":true}\n`);
    expect(await listKeys(context)).toMatchObject([{ id, revokedAt: expect.any(String) as unknown }]);
  });

  it('rotates a key: the new secret alone on stdout, the old one for as long as is said', async () => {
    const context = capturedContext();
    const first = await createKey(context, '--role', 'viewer', '--ips', '10.0.0.0/8');
    const { stdout, stderr } = await cli(['keys', 'rotate', first.id, '--grace', '1h'], context);
    expect(stdout).toMatch(/^sk-sluice-[\w-]{43}\n$/);
    expect(stderr).toMatch(/^Rotated key_\S+ for "ci"/);
    expect(await listKeys(context)).toMatchObject([
      { id: first.id, role: 'viewer', ips: ['10.0.0.0/8'], retiring: [{ last4: first.key.slice(-4) }] },
    ]);
    expect(await cli(['keys', 'rotate', 'key_none'], context)).toMatchObject({ code: 1 });
    expect(await cli(['keys', 'rotate', first.id, '--grace', 'soon'], context)).toMatchObject({ code: 2 });
  });

  it('fails to revoke a key that is not there', async () => {
    const { code, stderr } = await cli(['keys', 'revoke', 'key_none']);
    expect([code, stderr]).toEqual([1, 'sluice: There is no key "key_none"; sluice keys list shows all.\n']);
  });

  it('fails in JSON where JSON was asked for', async () => {
    const { code, stderr } = await cli(['keys', 'revoke', 'key_none', '--json']);
    expect([code, JSON.parse(stderr)]).toEqual([
      1,
      { error: { message: expect.stringContaining('key_none') as unknown } },
    ]);
  });

  it('keeps state where it is told, the flag before the variable', async () => {
    const context = capturedContext({ env: { SLUICE_DATA_DIR: 'variable' } });
    await cli(['keys', 'list'], context);
    await cli(['keys', 'list', '--data-dir', 'flag'], context);
    expect(['variable', 'flag', '.sluice'].map((name) => existsSync(join(context.cwd, name, 'sluice.db')))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('prints the problems of a bad configuration', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, 'sluice.yaml'), 'nonsense: 1');
    const { code, stderr } = await cli(['keys', 'list'], context);
    expect([code, stderr]).toEqual([1, 'config error at nonsense: there is no such setting\n']);
  });

  it('says in one line that the data directory is of no use', async () => {
    const context = capturedContext();
    writeFileSync(join(context.cwd, '.sluice'), '');
    const { code, stderr } = await cli(['keys', 'list'], context);
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toContain('it is not a directory');
  });
});
