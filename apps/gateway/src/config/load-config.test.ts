import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, loaded, problemLines } from '../__fixtures__/load.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';

const NOT_SERVED = 'this setting is not served by this version of Sluice';

describe('loadConfig with a file', () => {
  it('takes only the providers of the file, and the simulator', async () => {
    const yaml = 'providers: {mine: {kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1"}}';
    const discover = () => Promise.reject(new Error('asked'));
    const { sources, file } = await loaded({ yaml, env: { OPENAI_API_KEY: 'k' }, discover });
    expect([sources, file]).toEqual([{ mine: 'file', sim: 'built-in' }, './sluice.yaml']);
  });

  it('lets the file set up the simulator itself, in production too', async () => {
    const { config } = await loaded({
      yaml: 'providers: {sim: {kind: sim, seed: 7}}',
      env: { NODE_ENV: 'production' },
    });
    expect(config.providers['sim']).toEqual({ kind: 'sim', seed: 7 });
  });

  it('joins found providers where the file names none', async () => {
    const { sources } = await loaded({ yaml: 'server: {port: 1}', env: { OPENAI_API_KEY: 'k' } });
    expect(sources).toEqual({ openai: 'environment', sim: 'built-in' });
  });

  it('lets a flag win over a variable, and a variable over the file', async () => {
    const yaml = 'server: {host: file, port: 1}';
    const env = { SLUICE_HOST: 'variable', SLUICE_PORT: '2' };
    expect((await loaded({ yaml })).config.server).toMatchObject({ host: 'file', port: 1 });
    expect((await loaded({ yaml, env })).config.server).toMatchObject({ host: 'variable', port: 2 });
    expect((await loaded({ yaml, env, flags: { port: '3' } })).config.server).toMatchObject({
      host: 'variable',
      port: 3,
    });
  });

  it('reads the file of the flag, else of the variable', async () => {
    const cwd = temporaryDir();
    writeFileSync(join(cwd, 'flag.yaml'), 'server: {port: 1}');
    writeFileSync(join(cwd, 'variable.yaml'), 'server: {port: 2}');
    const env = { SLUICE_CONFIG: 'variable.yaml' };
    expect((await loaded({ cwd, env })).config.server.port).toBe(2);
    expect((await loaded({ cwd, env, flags: { config: 'flag.yaml' } })).config.server.port).toBe(1);
  });

  it('does not do without a file that was named', async () => {
    expect(await problemLines({ flags: { config: 'gone.yaml' } })).toEqual([
      'config error at gone.yaml: there is no such file',
    ]);
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['only a comment', '# later', 'it is empty'],
    ['a word', 'hello', 'expected settings such as `server:` and `providers:`'],
    ['a list', '- a', 'expected settings such as `server:` and `providers:`'],
  ])('refuses a file with %s', async (_, yaml, reason) => {
    expect(await problemLines({ yaml })).toEqual([`config error at ./sluice.yaml: ${reason}`]);
  });

  it('takes the values that switch a feature to come off', async () => {
    const yaml = `
server: {workers: 1}
models:
  fast:
    targets: [{provider: sim, model: echo}]
    retries: {max: 2, sameTarget: 1, retryAfterMaxMs: 0}
    holdBack: {tokens: 0, ms: 0}
    continuation: off
    hedge: {afterP95: false, maxExtraSpend: 0.05}
cache: {store: memory}
`;
    expect(await problemLines({ yaml })).toEqual([]);
  });
});

describe('what loadConfig refuses', () => {
  it('reports all problems at once, one line each, with their paths', async () => {
    const yaml = `
server: {port: 70000, hots: x}
providers:
  "bad name": {kind: sim}
  openai: {kind: openai, apiKey: sk-live-0123456789}
  odd: {kind: nonsense}
models:
  fast: {strategy: quickest, targets: []}
`;
    expect(await problemLines({ yaml, env: { SLUICE_ADMIN_KEY: 'changeme' } })).toEqual([
      'config error at SLUICE_ADMIN_KEY: a secret has at least 32 characters',
      'config error at server.port: Too big: expected number to be <=65535',
      'config error at server.hots: there is no such setting',
      expect.stringMatching(/^config error at providers\["bad name"\]: this name is not allowed/),
      'config error at providers.openai.apiKey: expected a reference, { env: NAME } or { file: PATH }',
      'config error at providers.odd.kind: expected one of openai, anthropic, bedrock, google, vertex, cohere, watsonx, ollama, azure-openai, mistral, deepseek, xai, groq, openrouter, openai-compatible, sim',
      'config error at models.fast.strategy: expected one of "priority"|"weighted"|"least-latency"|"least-busy"|"lowest-cost"|"headroom"|"sticky"',
      'config error at models.fast.targets: Too small: expected array to have >=1 items',
    ]);
  });

  it.each([
    ['telemetry: {traces: {otlpEndpoint: {env: X}}}', 'telemetry.traces'],
    ['server: {workers: auto}', 'server.workers'],
    ['server: {workers: 4}', 'server.workers'],
  ])('says of %s that this version does not serve it', async (yaml, path) => {
    expect(await problemLines({ yaml })).toEqual([`config error at ${path}: ${NOT_SERVED}`]);
  });

  it.each(['-1', '70000', '80a', '1e3', ' 80'])(
    'K-16: refuses the port %j of a flag or a variable, by its name',
    async (port) => {
      expect(await problemLines({ flags: { port } })).toEqual([
        'config error at --port: expected a port from 0 to 65535',
      ]);
      expect(await problemLines({ env: { SLUICE_PORT: port } })).toEqual([
        'config error at SLUICE_PORT: expected a port from 0 to 65535',
      ]);
    },
  );

  it('takes port 0 for any free port', async () => {
    expect((await loaded({ flags: { port: '0' } })).config.server.port).toBe(0);
  });

  it('refuses a host that is none', async () => {
    expect(await problemLines({ env: { SLUICE_HOST: 'a b' } })).toEqual([
      'config error at SLUICE_HOST: expected a host name or an IP address',
    ]);
  });

  it.each(['-1', '1e400', '"5 parsecs"', '0', 'null', '.inf', '.nan'])(
    'K-17: refuses the timeout %s',
    async (value) => {
      const yaml = `models: {m: {targets: [{provider: sim, model: echo}], timeouts: {idleMs: ${value}}}}`;
      expect(await problemLines({ yaml })).toEqual([
        expect.stringMatching(/^config error at models\.m\.timeouts\.idleMs: /),
      ]);
    },
  );

  it('K-26: takes a limit of 0 as none allowed, and refuses null', async () => {
    const { config } = await loaded({ yaml: 'limits: {profiles: {default: {requestsPerMinute: 0}}}' });
    expect(config.limits.profiles['default']).toEqual({ requestsPerMinute: 0 });
    expect(await problemLines({ yaml: 'limits: {profiles: {default: {requestsPerMinute: null}}}' })).toHaveLength(1);
  });

  it.each([
    ['', 'it is set but empty'],
    ['sk-1234', 'a secret has at least 32 characters'],
    ['changeme-changeme-changeme-changeme', 'this is an example, not a secret'],
    ['a'.repeat(40), 'this is an example, not a secret'],
    ['0123456789 0123456789 0123456789', 'only visible ASCII characters can travel in a header'],
  ])(
    'CVE-2026-41432 (K-20): refuses the admin key %j, a secret that anybody could guess, without quoting it',
    async (key, reason) => {
      expect(await problemLines({ env: { SLUICE_ADMIN_KEY: key } })).toEqual([
        `config error at SLUICE_ADMIN_KEY: ${reason}`,
      ]);
    },
  );

  it('never quotes a value of the file', async () => {
    const secret = 'sk-live-abcdefghij';
    const yaml = `
server: {host: "${secret} ", port: "${secret}", drainTimeoutMs: "${secret}"}
providers: {a: {kind: openai, apiKey: ${secret}}, b: {kind: "${secret}"}, c: {kind: openai, baseUrl: "${secret}"}}
cache: {ttl: "${secret}", store: "${secret}"}
`;
    const lines = await problemLines({ yaml });
    expect(lines.length).toBeGreaterThanOrEqual(7);
    expect(lines.join('\n')).not.toContain(secret);
  });

  it('reads a file that is full of mistakes', async () => {
    const aliases = Array.from({ length: 2_000 }, (_, index) => `  m${index}: {targets: 1}`).join('\n');
    const result = await load({ yaml: `models:\n${aliases}` });
    expect(result).toMatchObject({ ok: false, problems: { length: 2_000 } });
  });
});
