import type { Provider, Transport } from '@sluice/contract';
import { ResourcePool } from '@sluice/core';
import { createManualClock, fakeUpstream, reply } from '@sluice/testkit';
import type { FakeUpstream, Reply } from '@sluice/testkit';
import { createTransport } from '@sluice/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Holding } from '../compose/holding.js';
import { takeProviders } from '../compose/providers.js';
import { parseConfig } from '../config/parse-config.js';
import { ProviderModels } from './provider-models.js';
import { systemClock } from '../system-clock.js';

const MINUTES = 60_000;
const listing = (...ids: string[]): Reply => reply().json({ data: ids.map((id) => ({ id })) });

interface Setup {
  readonly lists: ProviderModels;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly upstream: FakeUpstream;
}

/** The lists of one provider, `up`, whose upstream gives these answers in turn. */
async function listsOf(...answers: [Reply, ...Reply[]]): Promise<Setup> {
  const upstream = await fakeUpstream(...answers);
  const transport: Transport & { close(): Promise<void> } = createTransport({ clock: systemClock });
  onTestFinished(async () => {
    await transport.close();
    await upstream.close();
  });
  const clock = createManualClock();
  return { lists: new ProviderModels(providerAt(upstream.url), { transport, clock }), clock, upstream };
}

function providerAt(url: string): ReadonlyMap<string, Provider> {
  const place = { env: {}, cwd: '/' };
  const config = parseConfig({ providers: { up: { kind: 'openai-compatible', baseUrl: `${url}/v1` } } }, place);
  const holding = new Holding(new ResourcePool(() => undefined));
  const up = takeProviders(config, holding, { secrets: place, transport: createTransport({ clock: systemClock }) }).get(
    'up',
  );
  return new Map(up ? [['up', up.provider]] : []);
}

const modelsOf = ({ lists }: Setup): readonly string[] => [...lists.of('up')];

describe('the list of a provider', () => {
  it('is waited for where there is none yet', async () => {
    const setup = await listsOf(listing('a'));
    await setup.lists.refresh();
    expect(modelsOf(setup)).toEqual(['a']);
  });

  it('is asked for once while it is fresh', async () => {
    const setup = await listsOf(listing('a'));
    await Promise.all([setup.lists.refresh(), setup.lists.refresh()]);
    setup.clock.advance(5 * MINUTES - 1);
    await setup.lists.refresh();
    expect([modelsOf(setup), setup.upstream.requests.length]).toEqual([['a'], 1]);
  });

  it('is handed out though it is old, while the provider is asked again', async () => {
    const setup = await listsOf(listing('a'), listing('b'));
    await setup.lists.refresh();
    setup.clock.advance(5 * MINUTES);
    expect(modelsOf(setup)).toEqual(['a']);
    await expect.poll(() => modelsOf(setup)).toEqual(['b']);
  });

  it('is not waited for where there is an old one', async () => {
    const setup = await listsOf(listing('a'), reply().silence());
    await setup.lists.refresh();
    setup.clock.advance(5 * MINUTES);
    await setup.lists.refresh();
    expect(modelsOf(setup)).toEqual(['a']);
  });

  it('is asked for again when it could not be had', async () => {
    const setup = await listsOf(reply().status(500).json({}), listing('a'));
    await setup.lists.refresh();
    expect(modelsOf(setup)).toEqual([]);
    await setup.lists.refresh();
    expect(modelsOf(setup)).toEqual(['a']);
  });

  it('is not asked for by every call when it cannot be had', async () => {
    const setup = await listsOf(reply().status(500).json({}));
    await setup.lists.refresh();
    modelsOf(setup);
    setup.clock.advance(5 * MINUTES);
    modelsOf(setup);
    modelsOf(setup);
    await setup.upstream.received(2);
    expect(setup.upstream.requests).toHaveLength(2);
  });

  it('is never asked for where it is known', async () => {
    const setup = await listsOf(listing('a'));
    setup.lists.fix('up', ['own']);
    await setup.lists.refresh();
    expect([modelsOf(setup), setup.upstream.requests.length]).toEqual([['own'], 0]);
  });
});
