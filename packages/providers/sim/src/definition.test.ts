import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProviderDeps, fakeUpstream, providerSuite, reply } from '@sluice/testkit';
import { createSimDefinition } from './definition.js';
import type { SimSettings } from './settings.js';

const address = new URL('http://127.0.0.1:4555');
const faultRule = z.strictObject({ every: z.int() });

providerSuite({
  definition: createSimDefinition({ open: () => Promise.resolve(address), faultRule }),
  settings: { kind: 'sim', seed: 7 },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

const deps = createProviderDeps({ secret: () => Promise.reject(new Error('No secret is needed.')) });
const signal = new AbortController().signal;

describe('createSimDefinition', () => {
  it('starts nothing before a call is about to leave', () => {
    let opened = 0;
    const open = () => Promise.resolve(new URL(`http://127.0.0.1:${(opened += 1)}`));
    const { models } = createSimDefinition({ open, faultRule }).create({ kind: 'sim' }, deps);
    models?.request();
    expect(opened).toBe(0);
  });

  it('opens the simulator of its own settings', async () => {
    const asked: SimSettings[] = [];
    const open = (settings: SimSettings) => Promise.resolve(address).finally(() => asked.push(settings));
    const provider = createSimDefinition({ open, faultRule }).create({ kind: 'sim', seed: 3 }, deps);
    await provider.authorize({ method: 'GET', url: provider.baseUrl, headers: {} }, signal);
    expect(asked).toEqual([{ kind: 'sim', seed: 3 }]);
  });

  it('takes the faults that the simulator knows and no others', () => {
    const { settings } = createSimDefinition({ open: () => Promise.resolve(address), faultRule });
    expect(settings.parse({ kind: 'sim', faults: [{ every: 2 }] })).toEqual({ kind: 'sim', faults: [{ every: 2 }] });
    expect(settings.safeParse({ kind: 'sim', faults: [{ nonsense: 2 }] }).success).toBe(false);
  });

  it('sends the call where the simulator listens', async () => {
    await using upstream = await fakeUpstream(reply().json({ object: 'list', data: [] }));
    const open = () => Promise.resolve(new URL(upstream.url));
    const provider = createSimDefinition({ open, faultRule }).create({ kind: 'sim' }, deps);
    const encoded = provider.operations.embed?.encode(
      { input: ['hello'] },
      { provider: 'sim', model: 'embed', baseUrl: provider.baseUrl },
    );
    if (!encoded) throw new Error('The simulator embeds.');
    const { url, method, body } = await provider.authorize(encoded.request, signal);
    await fetch(url, { method, body: String(body) });
    expect(await upstream.received()).toMatchObject({ method: 'POST', path: '/v1/embeddings' });
  });

  it('reports a simulator that does not start as one that cannot be reached', async () => {
    const open = () => Promise.reject(new Error('EADDRINUSE'));
    const provider = createSimDefinition({ open, faultRule }).create({ kind: 'sim' }, deps);
    const sent = provider.authorize({ method: 'GET', url: provider.baseUrl, headers: {} }, signal);
    await expect(sent).rejects.toMatchObject({ code: 'upstream_connection_error' });
  });

  it('does not send a call whose caller left meanwhile', async () => {
    const leaving = new AbortController();
    const open = () => Promise.resolve(address).finally(() => leaving.abort());
    const provider = createSimDefinition({ open, faultRule }).create({ kind: 'sim' }, deps);
    const sent = provider.authorize({ method: 'GET', url: provider.baseUrl, headers: {} }, leaving.signal);
    await expect(sent).rejects.toThrow('aborted');
  });
});
