import { describe, expect, it } from 'vitest';
import { cli } from '../__fixtures__/cli.js';
import { VERSION } from '../version.js';
import { COMMANDS } from './commands.js';

describe('the command line', () => {
  it('lists every command on --help', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) expect(stdout).toMatch(new RegExp(`  ${name}.*  ${summary}\n`));
  });

  it.each(COMMANDS.map(({ name }) => name))('explains %s on --help, and does not run it', async (name) => {
    const { code, stdout } = await cli([...name.split(' '), '--help']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(`^Usage: sluice ${name}`)]);
    expect(stdout).toContain('--json');
  });

  it.each([
    [[], 'a command is missing'],
    [['nonsense'], 'there is no command "nonsense"'],
    [['keys'], 'keys: which one?'],
    [['keys', 'eat'], 'keys: which one?'],
    [['version', '--nonsense'], "Unknown option '--nonsense'"],
    [['version', 'more'], '"more" is one argument too many'],
    [['keys', 'create'], 'NAME is missing'],
    [['start', '--port'], "Option '--port <value>' argument missing"],
    [['keys', 'create', 'ci', '--rpm', 'many'], '--rpm takes a whole number'],
    [['keys', 'create', 'ci', '--expires', 'soon'], 'expiresAt: Invalid ISO datetime'],
  ])('ends %j with the usage on stderr and 2', async (argv, message) => {
    const { code, stdout, stderr } = await cli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`sluice: ${message}`);
    expect(stderr).toContain('Usage: sluice');
  });

  it('prints the version, bare or as JSON', async () => {
    expect(await cli(['version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(JSON.parse((await cli(['version', '--json'])).stdout)).toEqual({ version: VERSION });
  });

  it('prints the JSON Schema, over many lines or in one', async () => {
    const long = await cli(['schema']);
    const short = await cli(['schema', '--json']);
    expect(JSON.parse(long.stdout)).toMatchObject({ title: 'Sluice configuration' });
    expect(short.stdout.trimEnd()).not.toContain('\n');
  });
});
