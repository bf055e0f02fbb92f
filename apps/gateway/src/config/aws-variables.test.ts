import { describe, expect, it } from 'vitest';
import { loaded, problemLines } from '../__fixtures__/load.js';
import { parseConfig } from './parse-config.js';

const PAIR = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const PAIR_REFS = { accessKeyId: { env: 'AWS_ACCESS_KEY_ID' }, secretAccessKey: { env: 'AWS_SECRET_ACCESS_KEY' } };
const BEARER = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-api-key' };

describe('the usual AWS variables', () => {
  it.for([
    [
      { ...PAIR, AWS_REGION: 'us-east-1' },
      { region: 'us-east-1', ...PAIR_REFS },
    ],
    [
      { ...PAIR, AWS_DEFAULT_REGION: 'eu-west-1', AWS_SESSION_TOKEN: 't' },
      { region: 'eu-west-1', ...PAIR_REFS, sessionToken: { env: 'AWS_SESSION_TOKEN' } },
    ],
    [
      { ...BEARER, ...PAIR, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'eu-west-1' },
      { region: 'us-east-1', apiKey: { env: 'AWS_BEARER_TOKEN_BEDROCK' } },
    ],
    [
      { ...BEARER, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:9' },
      { region: 'us-east-1', baseUrl: 'http://127.0.0.1:9', apiKey: { env: 'AWS_BEARER_TOKEN_BEDROCK' } },
    ],
  ] as const)('%j make a provider', async ([env, settings]) => {
    const { config, sources } = await loaded({ env });
    expect([config.providers['bedrock'], sources['bedrock']]).toEqual([
      { kind: 'bedrock', ...settings },
      'environment',
    ]);
  });

  it.for([
    PAIR,
    BEARER,
    { AWS_REGION: 'us-east-1' },
    { ...PAIR, AWS_REGION: '' },
    { AWS_ACCESS_KEY_ID: 'a', AWS_REGION: 'us-east-1' },
  ])('%j make none', async (env) => {
    expect(Object.keys((await loaded({ env })).config.providers)).toEqual(['sim']);
  });

  const yaml = 'providers: {aws: {kind: bedrock}}';

  it("stand for what a file's provider leaves out", async () => {
    const { config } = await loaded({ yaml, env: { ...PAIR, AWS_REGION: 'us-east-1' } });
    expect(config.providers['aws']).toEqual({ kind: 'bedrock', region: 'us-east-1', ...PAIR_REFS });
  });

  it('give way to what the file says', async () => {
    const said =
      'providers: {aws: {kind: bedrock, region: eu-west-1, apiKey: {env: MY_KEY}, baseUrl: "http://127.0.0.1:8"}}';
    const env = {
      ...PAIR,
      MY_KEY: 'k',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:9',
    };
    const { config } = await loaded({ yaml: said, env });
    expect(config.providers['aws']).toEqual({
      kind: 'bedrock',
      region: 'eu-west-1',
      apiKey: { env: 'MY_KEY' },
      baseUrl: 'http://127.0.0.1:8',
    });
  });

  it('are missed where neither they nor the file say enough', async () => {
    expect(await problemLines({ yaml })).toEqual([
      'config error at providers.aws.apiKey: is required, or accessKeyId and secretAccessKey',
      'config error at providers.aws.region: is required',
    ]);
  });

  it('count for a configuration given as a value', () => {
    const place = { env: { ...BEARER, AWS_REGION: 'us-east-1' }, cwd: '.' };
    expect(parseConfig({ providers: { aws: { kind: 'bedrock' } } }, place).providers['aws']).toMatchObject({
      apiKey: { env: 'AWS_BEARER_TOKEN_BEDROCK' },
    });
  });
});
