import { describe, expect, it } from 'vitest';
import { loaded, problemLines } from '../__fixtures__/load.js';

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
