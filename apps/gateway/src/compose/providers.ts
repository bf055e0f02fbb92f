import type { Provider, Transport, WholeResponse, UpstreamRequest } from '@sluice/contract';
import { SIMULATOR_MODELS } from '@sluice/simulator';
import { providerDefinitions } from '../config/definitions.js';
import type { OpenSimulator } from '../config/definitions.js';
import type { Config } from '../config/schema.js';
import { createSecretReader } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import type { ModelLists } from '../model-lists.js';
import { systemClock } from '../system-clock.js';

const OWN_CALL_CONNECT_MS = 5_000;
const OWN_CALL_MAX_BYTES = 4_194_304;

export interface ProviderParts {
  readonly config: Config;
  readonly secrets: SecretPlace;
  readonly openSimulator: OpenSimulator;
  readonly transport: Transport;
}

/** One adapter for each entry under `providers:`. */
export function createProviders({
  config,
  secrets,
  openSimulator,
  transport,
}: ProviderParts): ReadonlyMap<string, Provider> {
  const definitions = new Map(providerDefinitions(openSimulator).map((found) => [found.kind, found]));
  const secret = createSecretReader(secrets);
  const send = (request: UpstreamRequest, signal: AbortSignal): Promise<WholeResponse> =>
    sendWhole(transport, request, signal);
  const providers = new Map<string, Provider>();
  for (const [name, { timeouts: _, passthrough: __, ...settings }] of Object.entries(config.providers)) {
    const definition = definitions.get(settings.kind);
    if (!definition) throw new Error(`There is no provider kind "${settings.kind}".`);
    providers.set(name, definition.create(settings, { clock: systemClock, secret, send }));
  }
  return providers;
}

/** For calls of an adapter's own; their answers are small. */
async function sendWhole(transport: Transport, request: UpstreamRequest, signal: AbortSignal): Promise<WholeResponse> {
  const { head, body } = await transport.send(request, { connectTimeoutMs: OWN_CALL_CONNECT_MS }, signal);
  return { head, body: await body.bytes(OWN_CALL_MAX_BYTES) };
}

/** The simulator's models are known: it need not run to list them. */
export function fixSimulatorLists(config: Config, lists: ModelLists): void {
  const models = SIMULATOR_MODELS.map(({ id }) => id);
  for (const [name, { kind }] of Object.entries(config.providers)) {
    if (kind === 'sim') lists.fix(name, models);
  }
}
