import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyAdmin } from '@sluice/auth';
import type { Principal, Provider } from '@sluice/contract';
import { SnapshotHolder } from '@sluice/core';
import type { Ports } from '@sluice/core';
import { openSqliteStore } from '@sluice/store-sqlite';
import type { SqliteStore } from '@sluice/store-sqlite';
import { createRandomHex, createTelemetry } from '@sluice/telemetry';
import type { ProcessTelemetry } from '@sluice/telemetry';
import { createTransport } from '@sluice/transport';
import type { PooledTransport } from '@sluice/transport';
import { buildSnapshot } from './build-snapshot.js';
import { composeIdentity } from './compose/identity.js';
import type { Identity, IdentitySecrets } from './compose/identity.js';
import { composePorts } from './compose/ports.js';
import { createProviders, fixSimulatorLists } from './compose/providers.js';
import type { Config } from './config/schema.js';
import type { SecretPlace } from './config/secrets.js';
import { Callers } from './http/caller.js';
import { createEntry } from './http/entry.js';
import type { Entry } from './http/entry.js';
import { createInference } from './http/inference.js';
import { answerWebRequest } from './http/in-process.js';
import { createRequestIds } from './http/request-ids.js';
import { createRoutes } from './http/routes.js';
import { Lifecycle } from './lifecycle.js';
import { listModels } from './list-models.js';
import { ModelLists } from './model-lists.js';
import { Simulators } from './simulators.js';
import { systemClock } from './system-clock.js';

export interface ComposeOptions extends SecretPlace {
  readonly config: Config;
  readonly state: GatewayState;
  /** Where log lines go; standard output unless given. */
  readonly logFd?: number;
}

/** Where state is kept, and what opens it. */
export interface GatewayState extends IdentitySecrets {
  readonly databasePath: string;
}

/** A gateway that runs but has no socket of its own. */
export interface RunningGateway {
  readonly keys: KeyAdmin;
  readonly callers: Callers;
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Without `principal` the request must bring a key. */
  answer(request: Request, principal?: Principal): Promise<Response>;
  /** From now on the gateway is not ready, and connections close with their answer. */
  startDraining(): void;
  /** Writes what is pending and releases everything. The caller has seen to it that nothing is in flight. */
  close(): Promise<void>;
}

/** Plugs the packages together: the one place that knows them all. Throws when the data cannot be opened. */
export function composeGateway(options: ComposeOptions): RunningGateway {
  const base = openBase(options);
  const { lifecycle } = base;
  const providers = createProviders({
    config: options.config,
    secrets: options,
    openSimulator: (seed) => base.simulators.open(seed),
  });
  const random = createRandomHex();
  const { bodyLimitBytes } = options.config.server;
  const callerDeps = { newRequestId: createRequestIds(systemClock, random), random, bodyLimitBytes };
  const callers = new Callers(callerDeps);
  const entry = composeEntry(base, providers, callers);
  return {
    keys: base.identity.keys,
    callers,
    handle(req, res) {
      if (!lifecycle.isReady) res.shouldKeepAlive = false;
      entry.handle(req, res);
    },
    answer: (request, principal) =>
      answerWebRequest(request, { ...callerDeps, callers, answer: entry.answer, ...(principal ? { principal } : {}) }),
    startDraining: () => lifecycle.startDraining(),
    close: () => release(base),
  };
}

/** What the gateway holds from its start to its end. */
interface Base {
  readonly config: Config;
  readonly telemetry: ProcessTelemetry;
  readonly store: SqliteStore;
  readonly identity: Identity;
  readonly transport: PooledTransport;
  readonly simulators: Simulators;
  readonly lifecycle: Lifecycle;
  readonly ports: Ports;
}

function openBase({ config, state, logFd }: ComposeOptions): Base {
  const fd = logFd === undefined ? {} : { fd: logFd };
  const telemetry = createTelemetry(config.telemetry, { clock: systemClock, ...fd });
  const store = openSqliteStore({ path: state.databasePath });
  const identity = composeIdentity(config, state, store);
  const transport = createTransport();
  const lifecycle = new Lifecycle(systemClock);
  const { authenticator } = identity;
  const ports = composePorts({ config, telemetry, store, transport, authenticator, lifecycle });
  return { config, telemetry, store, identity, transport, simulators: new Simulators(), lifecycle, ports };
}

function composeEntry(base: Base, providers: ReadonlyMap<string, Provider>, callers: Callers): Entry {
  const { config, telemetry, store, identity, transport, lifecycle, ports } = base;
  const lists = new ModelLists({ transport, clock: systemClock });
  fixSimulatorLists(config, lists);
  // Nobody waits for the lists: until they are there, models are reached as provider/model.
  void lists.refresh(providers);
  const snapshots = new SnapshotHolder(buildSnapshot({ config, providers, knownModels: (name) => lists.of(name) }));
  const routes = createRoutes({
    keys: identity.keys,
    ledger: ports.ledger,
    rows: store.ledger,
    isReady: () => lifecycle.isReady,
    metrics: () => telemetry.metrics(),
    listModels: async (principal) => {
      await lists.refresh(providers);
      return listModels(snapshots.current, principal);
    },
  });
  const { authenticator } = identity;
  return createEntry(createInference(snapshots, ports), routes, { ...ports, authenticator, callers });
}

async function release({ ports, telemetry, transport, simulators, store }: Base): Promise<void> {
  await ports.ledger.flush().catch((cause: unknown) => ports.onInternalError(cause));
  await transport.close();
  await simulators.close();
  store.close();
  await telemetry.close();
}
