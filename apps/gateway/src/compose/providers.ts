import type { Transport, WholeResponse, UpstreamRequest } from '@sluice/contract';
import { resourceKey } from '@sluice/core';
import type { Resource } from '@sluice/core';
import { SIMULATOR_MODELS } from '@sluice/simulator';
import type { PooledTransport } from '@sluice/transport';
import { PROVIDER_DEFINITIONS, providerDefinitions } from '../config/definitions.js';
import type { Config, ProviderSettings } from '../config/schema.js';
import { createSecretReader } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import { createKeyReader } from '../provider-keys/key-reader.js';
import { ProviderModels } from '../models/provider-models.js';
import { Simulators } from './simulators.js';
import { systemClock } from '../system-clock.js';
import type { Holding } from './holding.js';
import { createPooledProvider } from './pooled-provider.js';
import type { Vault } from './vault.js';
import type { PooledProvider } from './pooled-provider.js';

const OWN_CALL_CONNECT_MS = 5_000;
const OWN_CALL_MAX_BYTES = 4_194_304;

export interface ProviderPlace {
  readonly secrets: SecretPlace;
  readonly transport: PooledTransport;
  /** Keys that go before the file's, and what has to know every secret that is read. Absent where nothing is served. */
  readonly vault?: Pick<Vault, 'get' | 'learn'>;
}

/** An adapter with what it has learned: its tokens, and the list of its models. */
export interface OpenProvider {
  readonly provider: PooledProvider;
  readonly lists: ProviderModels;
}

/**
 * One adapter for each entry under `providers:`. An entry that stands in two configurations word for word is one adapter
 * in both, with its tokens and its list; two entries with one origin have its sockets in common.
 */
export function takeProviders(
  { providers }: Pick<Config, 'providers'>,
  holding: Holding,
  place: ProviderPlace,
): ReadonlyMap<string, OpenProvider> {
  const taken = new Map<string, OpenProvider>();
  for (const [name, settings] of Object.entries(providers)) {
    const open = holding.take(providerKey(name, settings), () => openProvider(name, settings, place));
    const { origin } = open.provider.baseUrl;
    holding.take(`sockets ${origin}`, () => ({ value: origin, dispose: () => place.transport.forget(origin) }));
    taken.set(name, open);
  }
  return taken;
}

export function providerKey(name: string, entry: ProviderSettings): string {
  return resourceKey(`provider ${name}`, ownSettings(entry));
}

/** How long the gateway waits for a provider, how it finds out how it fares, and what and how much it lets through to it, is no part of what the provider is. */
function ownSettings(entry: ProviderSettings): ProviderSettings {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !NOT_ITS_OWN.has(name))) as ProviderSettings;
}

const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  'timeouts',
  'passthrough',
  'probe',
  'maxConcurrent',
  'minConcurrent',
  'queue',
]);

function openProvider(
  name: string,
  entry: ProviderSettings,
  { secrets, transport, vault }: ProviderPlace,
): Resource<OpenProvider> {
  const settings = ownSettings(entry);
  const simulators = new Simulators();
  const definitions =
    settings.kind === 'sim' ? providerDefinitions((given) => simulators.open(given)) : PROVIDER_DEFINITIONS;
  const definition = definitions.find(({ kind }) => kind === settings.kind);
  if (!definition) throw new Error(`There is no provider kind "${settings.kind}".`);
  const provider = createPooledProvider(definition, settings, {
    clock: systemClock,
    secret: vault ? createKeyReader({ name, settings }, secrets, vault) : createSecretReader(secrets),
    send: (request, signal) => sendWhole(transport, request, signal),
  });
  const lists = new ProviderModels(new Map([[name, provider]]), { transport, clock: systemClock });
  // The simulator's models are known: it need not run to list them.
  if (settings.kind === 'sim')
    lists.fix(
      name,
      SIMULATOR_MODELS.map(({ id }) => id),
    );
  return { value: { provider, lists }, dispose: () => simulators.close() };
}

/** For calls of an adapter's own; their answers are small. */
export async function sendWhole(
  transport: Transport,
  request: UpstreamRequest,
  signal: AbortSignal,
): Promise<WholeResponse> {
  const { head, body } = await transport.send(request, { connectTimeoutMs: OWN_CALL_CONNECT_MS }, signal);
  return { head, body: await body.bytes(OWN_CALL_MAX_BYTES) };
}
