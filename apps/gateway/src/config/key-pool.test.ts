import { describe, expect, it } from 'vitest';
import { PROVIDER_DEFINITIONS } from './definitions.js';
import { createConfigSchema } from './schema.js';

const schema = createConfigSchema(PROVIDER_DEFINITIONS);
const KEYS = [{ env: 'ONE' }, { file: 'two' }];
/** What each kind cannot do without. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'azure-openai': { baseUrl: 'https://mine.openai.azure.com' },
  bedrock: { region: 'us-east-1' },
  'openai-compatible': { baseUrl: 'http://127.0.0.1:1/v1' },
  watsonx: { projectId: 'p' },
};
const kinds = PROVIDER_DEFINITIONS.map(({ kind }) => kind).filter((kind) => kind !== 'sim' && kind !== 'vertex');

const parse = (settings: Readonly<Record<string, unknown>>) =>
  schema.safeParse({ providers: { p: { ...NEEDED[String(settings['kind'])], kind: '', ...settings } } });

describe('apiKeys', () => {
  it.for(kinds)('are taken by %s', (kind) => {
    expect(parse({ kind, apiKeys: KEYS }).data?.providers['p']?.['apiKeys']).toEqual(KEYS);
  });

  it.for(['sim', 'vertex'])('are refused by %s, which has no key', (kind) => {
    expect(parse({ kind, apiKeys: KEYS }).success).toBe(false);
  });

  it.for([
    ['beside apiKey', { apiKey: { env: 'ONE' }, apiKeys: KEYS }],
    ['that are none', { apiKeys: [] }],
    ['that are secrets themselves', { apiKeys: ['sk-1'] }],
    ['that are one reference', { apiKeys: { env: 'ONE' } }],
  ] as const)('are refused %s', ([, settings]) => {
    expect(parse({ kind: 'openai', ...settings }).success).toBe(false);
  });
});
