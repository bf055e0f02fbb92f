import type { Idempotency } from '@sluice/contract';
import type { Generation, Snapshot } from '@sluice/core';
import { resourceKey } from '@sluice/core';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Followers } from '../audit/followers.js';
import { buildSnapshot } from './build-snapshot.js';
import type { Config } from '../config/schema.js';
import type { SecretPlace } from '../config/secrets.js';
import type { Prober } from '../health/prober.js';
import type { RequestHistory } from '../history/request-history.js';
import type { Lifecycle } from '../lifecycle.js';
import { composeCatalogue } from './catalogue.js';
import { takeCatalogue } from './catalogue-control.js';
import type { CatalogueControl } from './catalogue-control.js';
import type { LiveCatalogue } from '../prices/live-catalogue.js';
import { takeCircuits } from './circuits.js';
import type { ConfiguredCircuits } from './circuits.js';
import type { Holding } from './holding.js';
import { composeGuards } from './guards.js';
import { composeHistory } from './history.js';
import { composeIdentity } from './identity.js';
import type { Identity, IdentitySecrets } from './identity.js';
import type { LimitsControl } from './limits.js';
import { composePorts, takeCache } from './ports.js';
import { takeProbers } from './probers.js';
import type { LastingPorts } from './ports.js';
import type { OpenProvider } from './providers.js';
import { takeSlots } from './slots.js';
import type { ConfiguredSlots } from './slots.js';

/** Everything that one configuration brings about. */
export interface GatewayGeneration extends Generation {
  readonly config: Config;
  readonly liveCatalogue: LiveCatalogue;
  readonly identity: Identity;
  readonly circuits: ConfiguredCircuits;
  /** By the names of their providers. */
  readonly probers: ReadonlyMap<string, Prober>;
  /** Absent where no provider is bounded. */
  readonly slots: ConfiguredSlots | undefined;
  /** Resolves when providers whose list of models is unknown have been asked; never rejects. */
  refreshLists(): Promise<void>;
  /** Gives back what it holds. Nobody reads it any more. */
  dispose(): void;
}

export interface GenerationDeps {
  readonly holding: Holding;
  readonly providers: ReadonlyMap<string, OpenProvider>;
  readonly store: SqliteStore;
  readonly telemetry: ProcessTelemetry;
  readonly lasting: LastingPorts;
  readonly limits: Pick<LimitsControl, 'book' | 'shared'>;
  readonly idempotency: Idempotency;
  readonly history: RequestHistory;
  readonly catalogue: CatalogueControl;
  readonly followers: Followers;
  readonly secrets: IdentitySecrets;
  readonly place: SecretPlace;
  readonly lifecycle: Pick<Lifecycle, 'keepsConnections'>;
}

/** Throws where the configuration, though it passed its checks, cannot be built; what it holds is then the caller's to release. */
export function buildGeneration(config: Config, deps: GenerationDeps): GatewayGeneration {
  const { holding, providers, telemetry, lasting, lifecycle } = deps;
  const liveCatalogue = takeCatalogue(config, holding, { ...deps, transport: lasting.transport });
  const snapshot = toSnapshot(config, providers, liveCatalogue);
  const identity = takeIdentity(config, deps);
  const circuits = takeCircuits(config, holding, telemetry);
  const slots = takeSlots(config, holding);
  const probers = takeProbers(config, holding, {
    ...lasting,
    providers,
    circuits,
    isServing: () => lifecycle.keepsConnections,
  });
  const cache = takeCache(config, holding, { shared: deps.limits.shared?.cache, onError: lasting.onInternalError });
  return {
    config,
    snapshot,
    liveCatalogue,
    identity,
    circuits,
    slots,
    probers,
    ports: composePorts(lasting, {
      assumedOutputTokens: config.limits.assumedOutputTokens,
      authenticator: identity.authenticator,
      circuits,
      slots,
      cache,
      idempotency: config.idempotency.enabled ? deps.idempotency : undefined,
      guards: composeGuards(config, { ...deps, transport: lasting.transport, report: lasting.guardReport }),
      history: composeHistory(config, deps.history),
    }),
    refreshLists: async () => void (await Promise.all([...providers.values()].map(({ lists }) => lists.refresh()))),
    dispose: () => holding.release(),
  };
}

function toSnapshot(config: Config, providers: GenerationDeps['providers'], { data }: LiveCatalogue): Snapshot {
  return buildSnapshot({
    config,
    providers: new Map([...providers].map(([name, { provider }]) => [name, provider])),
    knownModels: (name) => providers.get(name)?.lists.of(name) ?? NONE,
    catalogue: composeCatalogue(config, data),
  });
}

/** Who may call stays while nothing changes that says so: known tokens are known still, and guesses counted. */
function takeIdentity({ auth, limits }: Config, deps: GenerationDeps): Identity {
  const { holding, secrets, store, place, lasting } = deps;
  const opening = { auth, profiles: limits.profiles };
  const parts = { store, transport: lasting.transport, place, book: deps.limits.book, follow: deps.followers.run };
  return holding.take(resourceKey('identity', opening), () => ({ value: composeIdentity(opening, secrets, parts) }));
}

const NONE: ReadonlySet<string> = new Set();
