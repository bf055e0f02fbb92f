import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithPostgres } from '@sluice/testkit';
import { expect, it } from 'vitest';
import { ADMIN_KEY } from '../__fixtures__/admin-key.js';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import type { CapturedContext, CliRun } from '../__fixtures__/cli.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const OTHER_KEY = 'Zx9cV7bN5mK3jH1gF2dS4aP6oI8uY0tR';

interface Machine {
  run(...argv: readonly string[]): Promise<CliRun>;
  /** The same data directory without a database. */
  alone(...argv: readonly string[]): Promise<CliRun>;
  readonly cwd: string;
}

function machine(url: string, adminKey: string | null = ADMIN_KEY, cwd = temporaryDir()): Machine {
  const own = adminKey === null ? {} : { SLUICE_ADMIN_KEY: adminKey };
  const shared: CapturedContext = capturedContext({ cwd, env: { DATABASE_URL: url, ...own } });
  const alone = capturedContext({ cwd, env: own });
  return { run: (...argv) => cli(argv, shared), alone: (...argv) => cli(argv, alone), cwd };
}

const namesOf = ({ stdout }: CliRun): readonly string[] =>
  (JSON.parse(stdout) as { readonly data: readonly { readonly name: string }[] }).data.map(({ name }) => name);
const idOf = ({ stdout }: CliRun): string => (JSON.parse(stdout) as { readonly id: string }).id;

describeWithPostgres('commands on DATABASE_URL, with no gateway running', (postgres) => {
  it('make, list, rotate and revoke keys of all machines, and verify the log of all', async () => {
    const url = await postgres.server.createDatabase();
    const [first, second] = [machine(url), machine(url)];
    const id = idOf(await first.run('keys', 'create', 'ci', '--json'));
    expect(namesOf(await second.run('keys', 'list', '--json'))).toEqual(['ci']);
    expect((await second.run('keys', 'rotate', id)).stdout).toMatch(/^sk-sluice-\S+\n$/);
    expect(await second.run('keys', 'revoke', id)).toMatchObject({ code: 0 });
    expect((await first.run('keys', 'list')).stdout).toMatch(/revoked/);
    expect(JSON.parse((await first.run('audit', 'verify', '--json')).stdout)).toEqual({ ok: true, rows: 3 });
    await postgres.server.sql(
      url,
      `ALTER TABLE sluice.audit DISABLE TRIGGER ALL; UPDATE sluice.audit SET actor = 'me' WHERE seq = 2`,
    );
    expect(JSON.parse((await second.run('audit', 'verify', '--json')).stdout)).toMatchObject({ ok: false, row: 2 });
  });

  it('find everything of the machine that first used the database in it, its log continued', async () => {
    const url = await postgres.server.createDatabase();
    const [first, second] = [machine(url), machine(url)];
    await first.alone('keys', 'create', 'from before');
    await first.run('keys', 'create', 'from now');
    expect(namesOf(await second.run('keys', 'list', '--json'))).toEqual(['from before', 'from now']);
    expect(JSON.parse((await second.run('audit', 'verify', '--json')).stdout)).toEqual({ ok: true, rows: 2 });
    // What it had alone stays as it was, should there be no database one day.
    expect(namesOf(await first.alone('keys', 'list', '--json'))).toEqual(['from before']);
  });

  it('leave what a later machine had of its own where it is', async () => {
    const url = await postgres.server.createDatabase();
    const [first, second] = [machine(url), machine(url)];
    await first.run('keys', 'create', 'a');
    await second.alone('keys', 'create', 'b');
    expect(namesOf(await second.run('keys', 'list', '--json'))).toEqual(['a']);
    expect(namesOf(await second.alone('keys', 'list', '--json'))).toEqual(['b']);
    expect((await second.alone('audit', 'verify')).code).toBe(0);
  });

  it('refuse a database that was made with another secret, and say what to do', async () => {
    const url = await postgres.server.createDatabase();
    const first = machine(url);
    await first.run('keys', 'create', 'a');
    for (const stranger of [machine(url, OTHER_KEY), machine(url, null)]) {
      const refused = await stranger.run('keys', 'list');
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toMatch(
        /^sluice: The database of DATABASE_URL was made with the secret of another machine\./,
      );
      expect(refused.stderr).toMatch(/the same SLUICE_ADMIN_KEY, or put the secrets\.json/);
    }
  });

  it('take the secret from a copied secrets file, and seal it anew under the admin key of the day', async () => {
    const url = await postgres.server.createDatabase();
    const first = machine(url, null);
    await first.run('keys', 'create', 'a');
    const copied = machine(url, OTHER_KEY);
    await copied.alone('keys', 'list');
    copyFileSync(join(first.cwd, '.sluice', 'secrets.json'), join(copied.cwd, '.sluice', 'secrets.json'));
    expect(namesOf(await copied.run('keys', 'list', '--json'))).toEqual(['a']);
    expect(namesOf(await machine(url, OTHER_KEY).run('keys', 'list', '--json'))).toEqual(['a']);
    const { keyPepper } = JSON.parse(readFileSync(join(first.cwd, '.sluice', 'secrets.json'), 'utf8')) as {
      readonly keyPepper: string;
    };
    const kept = await postgres.server.sql(url, 'SELECT * FROM sluice.directory');
    expect([kept.includes(keyPepper), kept.includes('sealed1.')]).toEqual([false, true]);
  });

  it('fail with a plain line while the database is away, and make nothing', async () => {
    const url = await postgres.server.createDatabase();
    const first = machine(url);
    await first.run('keys', 'create', 'a');
    await postgres.server.kill();
    try {
      const refused = await first.run('keys', 'create', 'b');
      expect([refused.code, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toBe('sluice: PostgreSQL cannot be used: nothing listens there.\n');
      expect(existsSync(join(first.cwd, '.sluice', 'directory.db'))).toBe(true);
    } finally {
      await postgres.server.start();
    }
    expect(namesOf(await first.run('keys', 'list', '--json'))).toEqual(['a']);
  });
});
