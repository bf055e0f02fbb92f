import { ResourcePool } from '@sluice/core';
import { BackgroundResponses } from '@sluice/dialect-openai';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { SqliteStore } from '@sluice/store-sqlite';
import { createRandomHex, createTelemetry } from '@sluice/telemetry';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { createTransport } from '@sluice/transport';
import type { PooledTransport } from '@sluice/transport';
import { Followers } from './audit/followers.js';
import { createSocketNotes } from './compose/socket-notes.js';
import { createBlame } from './compose/blame.js';
import { buildGeneration } from './compose/build-generation.js';
import type { GatewayGeneration } from './compose/build-generation.js';
import { composeEntry, currentKeys } from './compose/entry.js';
import { Generations } from './compose/generations.js';
import { Holding } from './compose/holding.js';
import { openHistory } from './compose/history.js';
import { createIdempotencyControl } from './compose/idempotency.js';
import type { IdempotencyControl } from './compose/idempotency.js';
import { createLimitsControl } from './compose/limits.js';
import type { LimitsControl } from './compose/limits.js';
import { composeLastingPorts } from './compose/ports.js';
import type { LastingPorts } from './compose/ports.js';
import { createCatalogueControl, showCatalogue } from './compose/catalogue-control.js';
import type { CatalogueControl } from './compose/catalogue-control.js';
import { watchLog } from './compose/watch-log.js';
import type { LogWatch } from './compose/watch-log.js';
import { watchPressure } from './compose/watch-pressure.js';
import { hearOfChanges } from './compose/notices.js';
import { recoverRows } from './compose/recovery.js';
import { takeProviders } from './compose/providers.js';
import { openSharedLedger } from './compose/shared-ledger.js';
import type { SharedLedger } from './compose/shared-ledger.js';
import { Reloads } from './compose/reloads.js';
import { withPatience } from './compose/patient-store.js';
import { withShared } from './compose/shared.js';
import { Vault } from './compose/vault.js';
import { showState } from './compose/show-state.js';
import { underWay } from './compose/under-way.js';
import type { ComposeOptions, ComposedGateway } from './composed-gateway.js';
import type { Config } from './config/schema.js';
import type { Pressure } from './health/pressure.js';
import type { RequestHistory } from './history/request-history.js';
import { Callers } from './http/callers.js';
import { createLiveClientFinder } from './http/client-address.js';
import { answerWebRequest } from './http/in-process.js';
import { createRequestIds } from './http/request-ids.js';
import { Lifecycle } from './lifecycle.js';
import { systemClock } from './system-clock.js';

/** Without a call or a probe for this long, nobody is there to see the readiness change. */
const IN_USE_MS = 10_000;

/** What a gateway opens once, whatever its configuration. */
interface Base {
  readonly options: ComposeOptions;
  readonly telemetry: ProcessTelemetry;
  readonly transport: PooledTransport;
  readonly pool: ResourcePool;
  readonly lifecycle: Lifecycle;
  readonly vault: Vault;
}

/** With its state open. */
interface Opened extends Base {
  readonly store: SqliteStore;
  readonly sharedLedger: SharedLedger;
  readonly lasting: LastingPorts;
  readonly limits: LimitsControl;
  readonly followers: Followers;
  readonly idempotency: IdempotencyControl;
  readonly catalogue: CatalogueControl;
  readonly history: RequestHistory;
  readonly logWatch: LogWatch;
}

/** Plugs the packages together: the one place that knows them all. Throws when the data cannot be opened. */
export function composeGateway(options: ComposeOptions): ComposedGateway {
  const base = openBase(options);
  const holding = new Holding(base.pool);
  let opened: Opened | undefined;
  try {
    // Whatever can be wrong with the providers shows before anything is written.
    const providers = takeProviders(options.config, holding, { ...base, secrets: options });
    const { store, lasting, limits, followers, idempotency, history, catalogue } = (opened = openState(base));
    const first = buildGeneration(options.config, {
      holding,
      providers,
      store,
      lasting,
      limits,
      followers,
      idempotency: idempotency.requests,
      history,
      catalogue,
      telemetry: base.telemetry,
      secrets: options.state,
      place: options,
      lifecycle: base.lifecycle,
    });
    return assemble(first, opened);
  } catch (cause) {
    holding.release();
    void release(base, opened);
    throw cause;
  }
}

function openBase(options: ComposeOptions): Base {
  const vault = new Vault(options.state);
  const { scrub } = vault;
  const fd = options.logFd === undefined ? {} : { fd: options.logFd };
  const telemetry = createTelemetry(options.config.telemetry, { clock: systemClock, scrub, ...fd });
  const pool = new ResourcePool((cause) => telemetry.log.error('internal error', { err: cause }));
  return {
    options,
    telemetry,
    pool,
    vault,
    transport: createTransport({ clock: systemClock, scrub }),
    lifecycle: new Lifecycle(systemClock),
  };
}

function openState(base: Base): Opened {
  const { databasePath, shared } = base.options.state;
  const onError = (cause: unknown): void => base.telemetry.log.error('internal error', { err: cause });
  const { durability } = base.options.config.ledger;
  const opened = openSqliteStore({ path: databasePath, durability, asksAgain: true });
  const own = withPatience(opened, { clock: systemClock, onError });
  const store = shared ? withShared(own, shared, base.telemetry) : own;
  const followers = new Followers(onError);
  base.vault.open(store.settings, base.telemetry.log, followers);
  const limits = createLimitsControl(base.options.config, { ...base, env: base.options.env, store, followers });
  const lasting = composeLastingPorts({ ...base, store, limits });
  const idempotency = createIdempotencyControl(base.options.config, { ...base, store, shared: limits.shared });
  const sharedLedger = openSharedLedger({ ...base, store, database: shared?.database, config: () => limits.config() });
  const history = openHistory({ ...base, store, secret: base.options.state.keyPepper });
  const catalogue = createCatalogueControl(databasePath, base.options.cwd);
  const logWatch = watchLog({ ...base, store });
  return { ...base, store, limits, followers, idempotency, history, catalogue, lasting, sharedLedger, logWatch };
}

/** Builds a further configuration; throws, and then holds nothing, where it cannot be built. */
function buildAnew(config: Config, opened: Opened): GatewayGeneration {
  const { pool, options, transport, idempotency, ...rest } = opened;
  const holding = new Holding(pool);
  try {
    const providers = takeProviders(config, holding, { secrets: options, transport, vault: opened.vault });
    return buildGeneration(config, {
      ...rest,
      holding,
      providers,
      idempotency: idempotency.requests,
      secrets: options.state,
      place: options,
    });
  } catch (cause) {
    holding.release();
    throw cause;
  }
}

function assemble(first: GatewayGeneration, opened: Opened): ComposedGateway {
  const { lifecycle, telemetry, options } = opened;
  const pressure = watchPressure(telemetry, () => generations.current.config.server.shed);
  const callers = createCallers(pressure, () => generations.current.config.server);
  const generations = new Generations(first, { clock: systemClock, callers });
  const build = (config: Config): GatewayGeneration => buildAnew(config, opened);
  const reloads = new Reloads({ generations, telemetry, clock: systemClock, build, load: options.source?.load });
  const watches = [watchSource(options, { reloads, telemetry }), recoverRows(opened, generations)];
  opened.limits.config = () => generations.current.config;
  opened.idempotency.config = opened.limits.config;
  followCatalogue(opened, generations, reloads);
  hearOfChanges({ ...opened, shared: opened.limits.shared, directory: options.state.shared }, generations);
  showState({ ...opened, generations });
  const background = openBackground(opened, generations);
  const entry = composeEntry({ ...opened, generations, reloads, callers, background, pressure });
  const blame = createBlame({ callers, telemetry, handle: (req, res) => entry.handle(req, res) });
  // Nobody waits for the lists: until they are there, models are reached as provider/model.
  void first.refreshLists();
  return {
    keys: currentKeys(generations),
    ...underWay(callers, [background, opened.idempotency.requests, opened.lasting.leftBehind]),
    reloads,
    get config() {
      return generations.current.config;
    },
    handle: blame.handle,
    confine: blame.confine,
    ...createSocketNotes(callers, telemetry, systemClock),
    answer: (request, principal) => answerWebRequest(request, { ...entry, callers, principal }),
    drain: () => lifecycle.drain({ isInUse: callers.seenWithin(IN_USE_MS) }),
    leave: () => lifecycle.leave(),
    refusesConnections: () => pressure.refusesConnections,
    reached: async (withinMs) => opened.limits.shared?.reached(withinMs),
    stop: () => lifecycle.stop(),
    async close() {
      for (const end of [...watches, () => pressure.stop()]) end?.();
      await generations.close();
      await release(opened, opened);
    },
  };
}

/** Another catalogue is in force with the next request, and its state is among the figures. */
function followCatalogue({ catalogue, telemetry }: Opened, generations: Generations, reloads: Reloads): void {
  catalogue.onChange = () => reloads.rebuild();
  const currentCatalogue = (): GatewayGeneration['liveCatalogue'] => generations.current.liveCatalogue;
  catalogue.current = currentCatalogue;
  showCatalogue(telemetry, catalogue, currentCatalogue);
}

function openBackground({ store, lasting }: Opened, generations: Generations): BackgroundResponses {
  return new BackgroundResponses({
    repository: store.responses,
    clock: systemClock,
    get limits() {
      return generations.current.config.responses;
    },
    onError: lasting.onInternalError,
  });
}

function watchSource(
  { source }: ComposeOptions,
  { reloads, telemetry }: { readonly reloads: Reloads; readonly telemetry: ProcessTelemetry },
): (() => void) | undefined {
  return source?.watch({
    clock: systemClock,
    onChange: () => void reloads.reload(),
    onTrouble: (cause) => telemetry.log.warn('configuration file not watched; looked at every 5 s', { err: cause }),
  });
}

function createCallers(pressure: Pressure, settings: () => Config['server']): Callers {
  const random = createRandomHex();
  return new Callers({
    newRequestId: createRequestIds(systemClock, random),
    random,
    clock: systemClock,
    bodyLimitBytes: () => settings().bodyLimitBytes,
    findClient: createLiveClientFinder(() => settings().trustedProxies),
    assertRoom: (bytes) => pressure.assertRoom(bytes),
  });
}

/** Who makes rows and lines goes before what keeps them; the log is last, for it tells of the others. Never rejects. */
async function release({ options, transport, telemetry, pool }: Base, opened: Opened | undefined): Promise<void> {
  const steps: readonly (() => Promise<void> | void)[] = [
    () => transport.close(),
    () => pool.settled(),
    () => opened?.lasting.ledger.flush(),
    () => opened?.history.close(),
    () => opened?.limits.shared?.close(),
    () => opened?.sharedLedger.close(),
    () => opened?.logWatch.stop(),
    () => opened?.store.close(),
    () => options.state.shared?.close(),
    () => telemetry.close(),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (cause) {
      telemetry.log.error('internal error', { err: cause });
    }
  }
}
