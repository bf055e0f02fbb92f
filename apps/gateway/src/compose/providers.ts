import type { Provider } from '@sluice/contract';
import { SIMULATOR_MODELS } from '@sluice/simulator';
import { providerDefinitions } from '../config/definitions.js';
import type { OpenSimulator } from '../config/definitions.js';
import type { Config } from '../config/schema.js';
import { createSecretReader } from '../config/secrets.js';
import type { SecretPlace } from '../config/secrets.js';
import type { ModelLists } from '../model-lists.js';
import { systemClock } from '../system-clock.js';

export interface ProviderParts {
  readonly config: Config;
  readonly secrets: SecretPlace;
  readonly openSimulator: OpenSimulator;
}

/** One adapter for each entry under `providers:`. */
export function createProviders({ config, secrets, openSimulator }: ProviderParts): ReadonlyMap<string, Provider> {
  const definitions = new Map(providerDefinitions(openSimulator).map((found) => [found.kind, found]));
  const secret = createSecretReader(secrets);
  const providers = new Map<string, Provider>();
  for (const [name, { timeouts: _timeouts, ...settings }] of Object.entries(config.providers)) {
    const definition = definitions.get(settings.kind);
    if (!definition) throw new Error(`There is no provider kind "${settings.kind}".`);
    providers.set(name, definition.create(settings, { clock: systemClock, secret }));
  }
  return providers;
}

/** The simulator's models are known: it need not run to list them. */
export function fixSimulatorLists(config: Config, lists: ModelLists): void {
  const models = SIMULATOR_MODELS.map(({ id }) => id);
  for (const [name, { kind }] of Object.entries(config.providers)) {
    if (kind === 'sim') lists.fix(name, models);
  }
}
