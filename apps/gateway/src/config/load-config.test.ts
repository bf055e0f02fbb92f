import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, loaded, problemLines } from '../__fixtures__/load.js';
import { temporaryDir } from '../__fixtures__/temporary-dir.js';
import { resolveTimeouts } from './timeouts.js';

const NOT_SERVED = 'this setting is not served by this version of Sluice';

describe('loadConfig without a file', () => {
  it('fills in every default', async () => {
    const { config, environment, file } = await loaded();
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 4000,
      workers: 1,
      drainTimeoutMs: 30_000,
      bodyLimitBytes: 33_554_432,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
      writeTimeoutMs: 30_000,
      trustedProxies: [],
      shed: { heapShare: 0.92, eventLoopDelayMs: 500 },
    });
    expect(config.breaker).toEqual({ consecutiveFailures: 5, halfOpenAfterMs: 500 });
    expect(config.cache.enabled).toBe(false);
    expect(config.history).toMatchObject({ bodies: 'off', retention: 604_800_000, maxBytes: 65_536 });
    expect([environment.dataDir, environment.production, file]).toEqual(['./.sluice', false, undefined]);
  });

  it('freezes the configuration all the way down', async () => {
    const { config } = await loaded({ yaml: 'models: {fast: {targets: [{provider: sim, model: echo}]}}' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.models['fast']?.targets[0])).toBe(true);
  });

  it('finds providers by their usual variables, a base URL alone too', async () => {
    const env = { OPENAI_API_KEY: 'sk-upstream', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/' };
    const { config, sources } = await loaded({ env });
    expect(config.providers['openai']).toMatchObject({ kind: 'openai', apiKey: { env: 'OPENAI_API_KEY' } });
    expect(config.providers['anthropic']).toMatchObject({ kind: 'anthropic', baseUrl: 'http://127.0.0.1:9/' });
    expect(sources).toEqual({ openai: 'environment', anthropic: 'environment', sim: 'built-in' });
  });

  it.each([
    [{ COHERE_API_KEY: 'a' }, 'COHERE_API_KEY'],
    [{ COHERE_API_KEY: 'a', CO_API_KEY: 'b' }, 'CO_API_KEY'],
  ])('finds Cohere by %j', async (env, key) => {
    const { config } = await loaded({ env });
    expect(config.providers['cohere']).toMatchObject({ kind: 'cohere', apiKey: { env: key } });
  });

  it.each([
    [{ GOOGLE_API_KEY: 'a' }, { apiKey: { env: 'GOOGLE_API_KEY' } }],
    [{ GOOGLE_API_KEY: 'a', GEMINI_API_KEY: 'b' }, { apiKey: { env: 'GEMINI_API_KEY' } }],
    [
      { GOOGLE_API_KEY: 'a', GEMINI_BASE_URL: 'http://127.0.0.1:1' },
      { apiKey: { env: 'GOOGLE_API_KEY' }, baseUrl: 'http://127.0.0.1:1' },
    ],
    [{ GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:2' }, { baseUrl: 'http://127.0.0.1:2' }],
  ])('finds Google by %j', async (env, settings) => {
    const { config } = await loaded({ env });
    expect(config.providers['google']).toMatchObject({ kind: 'google', ...settings });
  });

  it('finds Ollama by its URL, and not by a key for a server that is nowhere', async () => {
    const named = await loaded({ env: { OLLAMA_BASE_URL: 'http://10.0.0.5:11434', OLLAMA_API_KEY: 'k' } });
    const keyOnly = await loaded({ env: { OLLAMA_API_KEY: 'k' } });
    expect([named.config.providers['ollama'], keyOnly.config.providers['ollama']]).toMatchObject([
      { kind: 'ollama', baseUrl: 'http://10.0.0.5:11434', apiKey: { env: 'OLLAMA_API_KEY' } },
      undefined,
    ]);
  });

  it.each(['mistral', 'deepseek', 'xai', 'groq', 'openrouter'])('finds %s by its key and its URL', async (kind) => {
    const [key, url] = [`${kind.toUpperCase()}_API_KEY`, `${kind.toUpperCase()}_BASE_URL`];
    const { config } = await loaded({ env: { [key]: 'a', [url]: 'http://127.0.0.1:1' } });
    expect(config.providers[kind]).toMatchObject({ kind, apiKey: { env: key }, baseUrl: 'http://127.0.0.1:1' });
  });

  it('finds Azure OpenAI by its endpoint, and not by a key for a resource that is nowhere', async () => {
    const key = { AZURE_OPENAI_API_KEY: 'a' };
    const named = await loaded({ env: { ...key, AZURE_OPENAI_ENDPOINT: 'https://res.openai.azure.com/' } });
    const keyOnly = await loaded({ env: key });
    expect([named.config.providers['azure-openai'], keyOnly.config.providers['azure-openai']]).toMatchObject([
      { kind: 'azure-openai', baseUrl: 'https://res.openai.azure.com/', apiKey: { env: 'AZURE_OPENAI_API_KEY' } },
      undefined,
    ]);
  });

  it('finds watsonx.ai by its key or its URL, where a variable says who pays', async () => {
    const key = { WATSONX_API_KEY: 'a' };
    const project = await loaded({ env: { ...key, WATSONX_PROJECT_ID: 'p', WATSONX_SPACE_ID: 's' } });
    const space = await loaded({ env: { WATSONX_URL: 'https://eu-de.ml.cloud.ibm.com', WATSONX_SPACE_ID: 's' } });
    const keyOnly = await loaded({ env: key });
    const [byProject, bySpace, nobody] = [project, space, keyOnly].map(({ config }) => config.providers['watsonx']);
    expect(byProject).toMatchObject({ kind: 'watsonx', projectId: 'p', apiKey: { env: 'WATSONX_API_KEY' } });
    expect(bySpace).toMatchObject({ kind: 'watsonx', spaceId: 's', baseUrl: 'https://eu-de.ml.cloud.ibm.com' });
    expect([nobody, byProject && 'spaceId' in byProject]).toEqual([undefined, false]);
  });

  it('finds a vendor with a preset by its key, by its URL or by both', async () => {
    const env = { TOGETHER_API_KEY: 'a', FRIENDLI_TOKEN: 'b', FRIENDLI_BASE_URL: 'http://127.0.0.1:3/v1' };
    const { config } = await loaded({ env: { ...env, MINIMAX_BASE_URL: 'http://127.0.0.1:4/v1' } });
    const kind = 'openai-compatible';
    expect(config.providers).toMatchObject({
      together: { kind, preset: 'together', apiKey: { env: 'TOGETHER_API_KEY' } },
      friendli: { kind, preset: 'friendli', apiKey: { env: 'FRIENDLI_TOKEN' }, baseUrl: 'http://127.0.0.1:3/v1' },
      minimax: { kind, preset: 'minimax', baseUrl: 'http://127.0.0.1:4/v1' },
    });
  });

  it('takes an empty variable for an unset one', async () => {
    const { config } = await loaded({ env: { OPENAI_API_KEY: '', SLUICE_PORT: '' } });
    expect([Object.keys(config.providers), config.server.port]).toEqual([['sim'], 4000]);
  });

  it('reports a base URL in a variable that is none, under the name of the variable', async () => {
    expect(await problemLines({ env: { OPENAI_BASE_URL: 'ftp://x' } })).toEqual([
      'config error at OPENAI_BASE_URL: expected an http or https URL',
    ]);
  });

  it('adds the model servers that discovery finds, without overriding a variable', async () => {
    const server = { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' };
    const discover = async () => ({ ollama: server, openai: server });
    const { config, sources } = await loaded({ env: { OPENAI_API_KEY: 'k' }, discover });
    expect(config.providers['ollama']).toMatchObject(server);
    expect(sources).toEqual({ openai: 'environment', ollama: 'discovered', sim: 'built-in' });
  });

  it('has neither the simulator nor discovery in production', async () => {
    const discover = () => Promise.reject(new Error('asked'));
    const { config } = await loaded({ env: { NODE_ENV: 'production' }, discover });
    expect(config.providers).toEqual({});
  });
});

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

describe('resolveTimeouts', () => {
  it('takes each bound from the first that sets it', () => {
    expect(resolveTimeouts({ connectMs: 1 }, { connectMs: 2, totalMs: 3 }, undefined)).toEqual({
      connectMs: 1,
      firstTokenMs: 60_000,
      idleMs: 60_000,
      totalMs: 3,
      firstTokenBindsPlain: false,
    });
  });

  it('binds plain answers by a first-token limit that somebody set', () => {
    expect(resolveTimeouts(undefined, { firstTokenMs: 5 })).toMatchObject({
      firstTokenMs: 5,
      firstTokenBindsPlain: true,
    });
  });
});
