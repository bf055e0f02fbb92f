import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

function contextWith(yaml: string, name = 'sluice.yaml') {
  const cwd = temporaryDir();
  writeFileSync(join(cwd, name), yaml);
  return capturedContext({ cwd });
}

const GOOD = 'providers: {sim: {kind: sim}}\nmodels: {fast: {targets: [{provider: sim, model: echo}]}}';
const BAD = 'server: {port: -1}\nproviders: {o: {kind: openai, apiKey: {env: UNSET}}}\nnonsense: 1';

describe('sluice check', () => {
  it('says ok and what is there', async () => {
    expect(await cli(['check'], contextWith(GOOD))).toEqual({
      code: 0,
      stdout: 'ok: ./sluice.yaml (providers: sim; aliases: fast)\n',
      stderr: '',
    });
  });

  it('checks the file that is named', async () => {
    const { code, stdout } = await cli(['check', 'other.yaml'], contextWith(GOOD, 'other.yaml'));
    expect([code, stdout]).toEqual([0, 'ok: other.yaml (providers: sim; aliases: fast)\n']);
  });

  it('prints what a start would print, one line each, and ends with 1', async () => {
    const { code, stdout, stderr } = await cli(['check'], contextWith(BAD));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'config error at server.port: Too small: expected number to be >=0',
      'config error at nonsense: there is no such setting',
      'config error at providers.o.apiKey: the variable "UNSET" is not set',
    ]);
  });

  it('follows secrets', async () => {
    const { code, stderr } = await cli(['check'], contextWith('providers: {o: {kind: openai, apiKey: {env: UNSET}}}'));
    expect([code, stderr]).toEqual([1, 'config error at providers.o.apiKey: the variable "UNSET" is not set\n']);
  });

  it('answers in JSON', async () => {
    const good = await cli(['check', '--json'], contextWith(GOOD));
    const bad = await cli(['check', '--json'], contextWith(BAD));
    expect(JSON.parse(good.stdout)).toEqual({ ok: true, file: './sluice.yaml', providers: ['sim'], models: ['fast'] });
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      problems: [{ path: 'server.port' }, { path: 'nonsense' }, { path: 'providers.o.apiKey' }],
    });
  });
});
