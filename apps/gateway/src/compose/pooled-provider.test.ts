import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { PROVIDER_DEFINITIONS } from '../config/definitions.js';
import { createPooledProvider } from './pooled-provider.js';

const openai = PROVIDER_DEFINITIONS.find(({ kind }) => kind === 'openai');
const settings = { kind: 'openai', baseUrl: 'https://api.openai.com/v1' };
const REQUEST = { method: 'GET', url: new URL('https://api.openai.com/v1/models'), headers: {} } as const;

function create(apiKeys: readonly { readonly env: string }[]) {
  if (!openai) throw new Error('There is no kind openai.');
  const deps = { ...createProviderDeps(), secret: (ref: object) => Promise.resolve(`sk-${Object.values(ref)[0]}`) };
  return createPooledProvider(openai, { ...settings, apiKeys }, deps);
}

describe('a provider with several keys', () => {
  it('signs with each of them', async () => {
    const { pool = [] } = create([{ env: 'ONE' }, { env: 'TWO' }]);
    const signed = await Promise.all(pool.map((each) => each.authorize(REQUEST, new AbortController().signal)));
    expect(signed.map(({ headers }) => headers['authorization'])).toEqual(['Bearer sk-ONE', 'Bearer sk-TWO']);
  });

  it('is an ordinary one where there is one key', async () => {
    const provider = create([{ env: 'ONE' }]);
    const { headers } = await provider.authorize(REQUEST, new AbortController().signal);
    expect([provider.pool, headers['authorization']]).toEqual([undefined, 'Bearer sk-ONE']);
  });
});
