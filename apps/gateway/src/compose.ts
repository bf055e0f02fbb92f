import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyAdmin } from '@sluice/auth';
import type { GatewayError, Ledger, Principal, Provider } from '@sluice/contract';
import { SnapshotHolder } from '@sluice/core';
import { BackgroundResponses, createResponseMemory } from '@sluice/dialect-openai';
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
import { composeCatalogue } from './compose/catalogue.js';
import { composePorts } from './compose/ports.js';
import { createProviders, fixSimulatorLists } from './compose/providers.js';
import type { Config } from './config/schema.js';
import type { OpenSimulator } from './config/definitions.js';
import type { SecretPlace } from './config/secrets.js';
import { Callers } from './http/callers.js';
import { createEntry } from './http/entry.js';
import type { Entry } from './http/entry.js';
import { createInference } from './http/inference.js';
import { answerWebRequest } from './http/in-process.js';
import { createRawPassthrough } from './http/raw-passthrough.js';
import { createRequestIds } from './http/request-ids.js';
import type { ListModels } from './http/models-routes.js';
import type { Route } from './http/route.js';
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

/** A gateway that has no socket of its own. */
export interface ComposedGateway {
  readonly keys: KeyAdmin;
  /** Resolves when no call is under way any more, whether somebody waits for it or not. */
  empty(): Promise<void>;
  /** Ends every call that is under way with `reason`. */
  dismiss(reason: GatewayError): void;
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Without `principal` the request must bring a key. */
  answer(request: Request, principal?: Principal): Promise<Response>;
  /**
   * Not ready from now on, and connections close with their answer. Resolves when new calls are refused and none is in
   * flight: a gateway that was used of late serves on for a second, so that whoever watches its readiness sees it.
   */
  drain(): Promise<void>;
  /** Everything is refused from now on. */
  stop(): void;
  /**
   * Releases everything and writes what is pending. The caller has stopped the gateway and seen to it that nothing is in
   * flight. What cannot be released is reported and does not keep the rest; never rejects.
   */
  close(): Promise<void>;
}

/** Without a call or a probe for this long, nobody is there to see the readiness change. */
const IN_USE_MS = 10_000;

/** Plugs the packages together: the one place that knows them all. Throws when the data cannot be opened. */
export function composeGateway(options: ComposeOptions): ComposedGateway {
  const simulators = new Simulators();
  const openSimulator: OpenSimulator = (settings) => simulators.open(settings);
  // Whatever can be wrong with the settings shows before anything is opened.
  const transport = createTransport();
  const providers = createProviders({ config: options.config, secrets: options, openSimulator, transport });
  const resources = openResources(options, { simulators, transport });
  try {
    return assemble(composeParts(options, resources), providers);
  } catch (cause) {
    void release(resources);
    throw cause;
  }
}

/** What has to be given back. */
interface Resources {
  readonly store: SqliteStore;
  readonly telemetry: ProcessTelemetry;
  readonly transport: PooledTransport;
  readonly simulators: Simulators;
}

function openResources(
  { config, state, logFd }: ComposeOptions,
  idle: Pick<Resources, 'simulators' | 'transport'>,
): Resources {
  // First, for it is the one that can fail: nothing else is open then.
  const store = openSqliteStore({ path: state.databasePath });
  const fd = logFd === undefined ? {} : { fd: logFd };
  const telemetry = createTelemetry(config.telemetry, { clock: systemClock, ...fd });
  return { store, telemetry, ...idle };
}

interface Parts {
  readonly config: Config;
  readonly resources: Resources;
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly callers: Callers;
  readonly ports: Ports;
  readonly background: BackgroundResponses;
}

function composeParts({ config, state }: ComposeOptions, resources: Resources): Parts {
  const identity = composeIdentity(config, state, resources.store);
  const lifecycle = new Lifecycle(systemClock);
  const ports = composePorts({ config, ...resources, authenticator: identity.authenticator, lifecycle });
  const background = new BackgroundResponses({
    repository: resources.store.responses,
    clock: systemClock,
    limits: config.responses,
    onError: ports.onInternalError,
  });
  return { config, resources, identity, lifecycle, callers: createCallers(config), ports, background };
}

function createCallers({ server: { bodyLimitBytes } }: Config): Callers {
  const random = createRandomHex();
  return new Callers({
    newRequestId: createRequestIds(systemClock, random),
    random,
    clock: systemClock,
    bodyLimitBytes,
  });
}

function assemble(parts: Parts, providers: ReadonlyMap<string, Provider>): ComposedGateway {
  const { lifecycle, callers, identity, ports, resources, background } = parts;
  const entry = composeEntry(parts, providers);
  const empty = async (): Promise<void> => {
    await callers.empty();
    // Whoever waited may have left work behind.
    await background.idle();
  };
  return {
    keys: identity.keys,
    empty,
    dismiss(reason) {
      callers.dismiss(reason);
      background.stop(reason);
    },
    handle: (req, res) => entry.handle(req, res),
    answer: (request, principal) => answerWebRequest(request, { callers, principal, answer: entry.answer }),
    async drain() {
      await lifecycle.drain({ isInUse: callers.seenWithin(IN_USE_MS) });
      await empty();
    },
    stop: () => lifecycle.stop(),
    close: () => release(resources, ports.ledger),
  };
}

function composeEntry(parts: Parts, providers: ReadonlyMap<string, Provider>): Entry {
  const { config, resources, identity, lifecycle, callers, ports, background } = parts;
  const { store, transport } = resources;
  const lists = new ModelLists(providers, { transport, clock: systemClock });
  fixSimulatorLists(config, lists);
  // Nobody waits for the lists: until they are there, models are reached as provider/model.
  void lists.refresh();
  const catalogue = composeCatalogue(config);
  const snapshots = new SnapshotHolder(
    buildSnapshot({ config, providers, knownModels: (name) => lists.of(name), catalogue }),
  );
  const routes = composeRoutes(parts, async (principal) => {
    await lists.refresh();
    return listModels(snapshots.current, principal, systemClock);
  });
  const { authenticator } = identity;
  const responses = createResponseMemory({
    repository: store.responses,
    clock: systemClock,
    background,
    onError: ports.onInternalError,
  });
  const inference = createInference({ snapshots, ports, responses });
  const raw = createRawPassthrough({ snapshots, ports });
  return createEntry(
    { inference, raw, routes },
    {
      ...ports,
      authenticator,
      callers,
      isStopped: () => lifecycle.isStopped(),
      keepsConnections: () => lifecycle.isReady,
    },
  );
}

function composeRoutes(
  { resources: { store, telemetry }, identity, lifecycle, ports, background }: Parts,
  models: ListModels,
): readonly Route[] {
  return createRoutes({
    keys: identity.keys,
    ledger: ports.ledger,
    rows: store.ledger,
    responses: store.responses,
    background,
    clock: systemClock,
    isReady: () => lifecycle.isReady,
    metrics: () => telemetry.metrics(),
    listModels: models,
  });
}

/** Who makes rows and lines goes before what keeps them; the log is last, for it tells of the others. Never rejects. */
async function release({ transport, simulators, store, telemetry }: Resources, ledger?: Ledger): Promise<void> {
  const steps: readonly (() => Promise<void> | void)[] = [
    () => transport.close(),
    () => simulators.close(),
    () => ledger?.flush(),
    () => store.close(),
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
