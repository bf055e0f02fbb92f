import { createTenancyAdmin } from '@sluice/auth';
import type { KeyAdmin } from '@sluice/auth';
import { createResponseMemory } from '@sluice/dialect-openai';
import type { BackgroundResponses } from '@sluice/dialect-openai';
import type { RecostDeps } from '@sluice/ledger';
import type { SqliteStore } from '@sluice/store-sqlite';
import type { ProcessTelemetry } from '@sluice/telemetry';
import type { Followers } from '../audit/followers.js';
import type { Environment } from '../config/environment.js';
import type { Callers } from '../http/callers.js';
import type { Pressure } from '../health/pressure.js';
import { reportHealth } from '../health/provider-health.js';
import { reportLedger } from '../health/ledger-health.js';
import type { BreakerRoutesDeps } from '../http/admin/breakers.js';
import type { WholeHealth } from '../http/health-route.js';
import type { RequestHistory } from '../history/request-history.js';
import { createEntry } from '../http/entry.js';
import type { Entry } from '../http/entry.js';
import { createInference } from '../http/inference.js';
import type { ListModels } from '../http/models-routes.js';
import { createRawPassthrough } from '../http/raw-passthrough.js';
import { createRoutes } from '../http/routes.js';
import type { RoutesDeps } from '../http/routes.js';
import type { RouteDeps } from '../http/run-route.js';
import { WriteClock } from '../http/write-clock.js';
import type { Lifecycle } from '../lifecycle.js';
import { listModels } from '../models/list-models.js';
import { recostRequests } from '../spend/recosting.js';
import { systemClock } from '../system-clock.js';
import type { GatewayGeneration } from './build-generation.js';
import type { IdentitySecrets } from './identity.js';
import { createProviderEntries } from '../provider-keys/provider-entries.js';
import { providerOf } from './circuits.js';
import type { Vault } from './vault.js';
import { composeEdge } from './edge.js';
import { composePeople } from './people.js';
import { createScopeRights } from '../http/admin/scope-rights.js';
import { hasNeededStores, readSpendingOf } from './limits.js';
import type { LimitsControl } from './limits.js';
import type { SharedLedger } from './shared-ledger.js';
import type { Generations } from './generations.js';
import type { LastingPorts } from './ports.js';
import type { Reloads } from './reloads.js';
import type { LogWatch } from './watch-log.js';

export interface EntryParts {
  readonly generations: Generations;
  readonly reloads: Reloads;
  readonly lasting: LastingPorts;
  readonly store: SqliteStore;
  readonly sharedLedger: SharedLedger;
  readonly logWatch: Pick<LogWatch, 'fault'>;
  readonly telemetry: ProcessTelemetry;
  readonly lifecycle: Lifecycle;
  readonly callers: Callers;
  readonly background: BackgroundResponses;
  readonly pressure: Pressure;
  readonly vault: Vault;
  readonly limits: LimitsControl;
  readonly history: RequestHistory;
  readonly followers: Followers;
  readonly options: { readonly env: Environment; readonly state: IdentitySecrets };
}

/** Everything that can be asked of the gateway. It is made once: which configuration answers is decided for each request. */
export function composeEntry(parts: EntryParts): Entry {
  const { generations, reloads, lasting, store, telemetry, lifecycle, callers, background } = parts;
  const { clock, ledger, onInternalError } = lasting;
  const { liveCors, ...edge } = composeEdge(parts);
  const routes = createRoutes({
    ...openAdmins(parts),
    current: () => generations.current,
    config: () => generations.current.config,
    reloads,
    breakers: currentBreakers(generations, telemetry),
    cors: liveCors,
    health: () => currentHealth(generations, parts),
    ledger,
    ...repositoriesOf(parts),
    ...accountsOf(parts),
    background,
    clock,
    isReady: () => lifecycle.isReady && hasNeededStores(parts.limits),
    metrics: () => telemetry.metrics(),
    listModels: currentModels(generations),
  });
  const responses = createResponseMemory({ repository: store.responses, clock, background, onError: onInternalError });
  const inference = createInference({ snapshots: generations, responses, scrub: parts.vault.scrub });
  return createEntry(
    { inference, raw: createRawPassthrough({ snapshots: generations }), routes },
    {
      ...currentAuthenticator(generations),
      telemetry,
      clock,
      onInternalError,
      callers,
      ...edge,
      isStopped: () => lifecycle.isStopped(),
      pressure: parts.pressure,
      keepsConnections: () => lifecycle.keepsConnections,
      waiting: new WriteClock({ clock, timeoutMs: () => generations.current.config.server.writeTimeoutMs }),
    },
  );
}

function repositoriesOf({ store: { audit, responses }, history }: Pick<EntryParts, 'store' | 'history'>) {
  return { auditRows: audit, responses, history };
}

/** Who administers keys is the configuration of the moment. */
export function currentKeys(generations: Generations): KeyAdmin {
  const now = (): KeyAdmin => generations.current.identity.keys;
  return {
    create: (input, by) => now().create(input, by),
    list: (by) => now().list(by),
    find: (id, by) => now().find(id, by),
    revoke: (id, by) => now().revoke(id, by),
    rotate: (id, input, by) => now().rotate(id, input, by),
  };
}

/** Who administers keys, whom they belong to, and what they may use. */
function openAdmins({
  generations,
  store,
  limits,
  vault,
  followers,
}: EntryParts): Pick<RoutesDeps, 'keys' | 'tenancy' | 'limits' | 'providers' | 'people'> {
  const { tenancy } = store;
  const onChange = (): void => followers.run(() => generations.current.identity.authenticator.refresh());
  return {
    limits: { book: limits.book, rights: createScopeRights(store), readSpending: readSpendingOf(limits) },
    keys: currentKeys(generations),
    people: composePeople(generations),
    tenancy: createTenancyAdmin({ tenancy, clock: systemClock, onChange }),
    providers: createProviderEntries({
      providers: () => generations.current.config.providers,
      keys: vault.keys,
      onChange: (provider) => followers.run(() => closeCircuits(generations, provider)),
    }),
  };
}

/** What the last key's failures led to says nothing of the next one; what an operator holds open stays so. */
function closeCircuits({ current: { circuits } }: Generations, provider: string): void {
  for (const { target, forced } of circuits.list()) {
    if (providerOf(target) === provider && !forced) circuits.reset(target);
  }
}

/** What requests were, what they cost, and by which prices. */
function accountsOf({ generations, sharedLedger: { rows, spend }, store }: EntryParts) {
  const liveCatalogue = (): GatewayGeneration['liveCatalogue'] => generations.current.liveCatalogue;
  return { rows, spend, recost: currentRecost(generations, store), liveCatalogue };
}

/** By the prices of the moment at which it begins. */
function currentRecost(generations: Generations, { ledger }: Pick<SqliteStore, 'ledger'>): RoutesDeps['recost'] {
  return async (question, signal) => {
    const { snapshot, release } = generations.acquire();
    const pricesOf: RecostDeps['pricesOf'] = (provider, model) =>
      snapshot.providers.get(provider)?.catalogue?.find(model)?.prices;
    try {
      return await recostRequests({ repository: ledger, pricesOf }, question, signal);
    } finally {
      release();
    }
  };
}

function currentModels(generations: Generations): ListModels {
  return async (principal) => {
    const { snapshot, release } = generations.acquire();
    try {
      await generations.current.refreshLists();
      return listModels(snapshot, principal, systemClock);
    } finally {
      release();
    }
  };
}

function currentHealth(
  generations: Generations,
  { lasting, sharedLedger, logWatch }: Pick<EntryParts, 'lasting' | 'sharedLedger' | 'logWatch'>,
): WholeHealth {
  const { snapshot, circuits, probers } = generations.current;
  const { clock, attempts, stats } = lasting;
  const report = reportHealth(snapshot.providers.values(), { clock, circuits, rests: attempts.rests, stats, probers });
  const ledger = reportLedger(lasting.ledger, sharedLedger.health?.(), logWatch.fault);
  const state = ledger.state === 'up' || report.state === 'down' ? report.state : 'degraded';
  return { ...report, state, ledger };
}

/** The circuits that new requests meet. */
function currentBreakers(generations: Generations, { log }: ProcessTelemetry): BreakerRoutesDeps {
  const now = () => generations.current;
  return {
    log,
    hasProvider: (name) => now().snapshot.providers.has(name),
    hasKey: (name, key) => key < (now().snapshot.providers.get(name)?.pool?.length ?? 1),
    circuits: {
      list: () => now().circuits.list(),
      forceOpen: (name) => now().circuits.forceOpen(name),
      reset: (name) => now().circuits.reset(name),
    },
  };
}

function currentAuthenticator(generations: Generations): Pick<RouteDeps, 'authenticator'> {
  const now = () => generations.current.identity.authenticator;
  return {
    authenticator: {
      authenticate: (caller, signal) => now().authenticate(caller, signal),
      authorize: (caller, permission, signal) => now().authorize(caller, permission, signal),
      refresh: () => now().refresh(),
      get sessions() {
        return now().sessions;
      },
    },
  };
}
