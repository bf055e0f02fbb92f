import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturedContext, cli } from '../__fixtures__/cli.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { SCENARIOS } from '../drill/scenarios.js';

const YAML = `
providers: {a: {kind: openai, apiKey: {env: UNSET}}, b: {kind: anthropic, apiKey: {env: UNSET}}}
models:
  fast:
    targets: [{provider: a, model: gpt-5-mini}]
    fallbacks: [{provider: b, model: claude-haiku-4-5}]
    timeouts: {firstTokenMs: 8000, idleMs: 15000, totalMs: 90000}
  alone: {targets: [{provider: b, model: claude-haiku-4-5}]}
`;

function contextWith(yaml = YAML) {
  const cwd = temporaryDir();
  writeFileSync(join(cwd, 'sluice.yaml'), yaml);
  return capturedContext({ cwd });
}

describe('sluice drill', () => {
  it('prints what callers would have seen, though no secret is set', async () => {
    const { code, stdout, stderr } = await cli(['drill', 'stalled-stream'], contextWith());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'stalled-stream (F9): The provider of the first target falls silent after 20 tokens.',
      '',
      '  scenario        alias  asked for      callers saw                answered by                                    waited                     attempts',
      '  stalled-stream  fast   streams        errors, 0 of 3 whole       error event upstream_timeout                   error after 15.8 s         1',
      '                         plain answers  some errors, 1 of 3 whole  504 upstream_timeout, b/claude-haiku-4-5       +0 ms, error after 90.0 s  1',
      '                  alone  streams        errors, 0 of 3 whole       error event upstream_timeout                   error after 60.8 s         1',
      '                         plain answers  errors, 0 of 3 whole       504 upstream_timeout, 503 no_healthy_provider  error after 10 min         1',
      '',
      'Times are what the configuration makes callers wait; no provider was called.',
      'No unclean failure in 4 results.',
    ]);
  });

  it('answers in JSON, for the aliases that were named and the provider that was chosen', async () => {
    const argv = ['drill', 'refuses-connections', '--alias', 'fast', '--at', 'b', '--json'];
    const { code, stdout } = await cli(argv, contextWith());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      standIns: [
        { provider: 'a', kind: 'openai', speaks: 'openai' },
        { provider: 'b', kind: 'anthropic', speaks: 'anthropic' },
      ],
      scenarios: [{ name: 'refuses-connections', rows: ['F1'], results: [{ alias: 'fast', verdict: 'not-met' }, {}] }],
      unclean: 0,
    });
  });

  it('says how far it is where a person watches', async () => {
    const context = contextWith();
    const watched = { ...context, stderr: { ...context.stderr, isTTY: true } };
    const { code } = await cli(['drill', 'key-refused', '--alias', 'alone'], watched);
    expect([code, context.written.stderr]).toEqual([0, '\r\u001b[K1 of 1: key-refused\r\u001b[K\r\u001b[K']);
  });

  it('lists every scenario with its row, and needs no configuration for it', async () => {
    const { code, stdout } = await cli(['drill', '--list']);
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, SCENARIOS.length + 1]);
    for (const { name, rows } of SCENARIOS) expect(stdout).toMatch(new RegExp(`^  ${name} +${rows.join(' ')} `, 'm'));
    expect(JSON.parse((await cli(['drill', '--list', '--json'])).stdout)).toMatchObject({
      data: { length: SCENARIOS.length },
    });
  });

  it.for([
    [['drill'], 2, 'SCENARIO is missing'],
    [['drill', 'nonsense'], 2, 'there is no scenario "nonsense"; sluice drill --list names them'],
    [['drill', 'all', '--alias', 'fast,slow'], 2, 'the configuration has no alias "slow"'],
    [['drill', 'all', '--at', 'c'], 2, 'the configuration has no provider "c"'],
  ] as const)('refuses %j', async ([argv, code, message]) => {
    const ran = await cli(argv, contextWith());
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(message);
  });

  it('says that there is nothing to drill, and what is wrong with a configuration', async () => {
    const empty = await cli(['drill', 'all'], contextWith('providers: {a: {kind: openai}}'));
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('no alias under models: to drill')]);
    const wrong = await cli(['drill', 'all'], contextWith('nonsense: 1'));
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('config error at nonsense')]);
  });

  it('fails where an alias answers no chat request at all', async () => {
    const yaml =
      'providers: {a: {kind: openai}}\nmodels: {w: {targets: [{provider: a, model: text-embedding-3-small}]}}';
    const { code, stdout } = await cli(['drill', 'no-usage'], contextWith(yaml));
    expect([code, stdout]).toEqual([1, expect.stringContaining('Not drilled: w')]);
  });
});
