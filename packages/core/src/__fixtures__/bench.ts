import type {
  Admission,
  BackoffStep,
  CallMemory,
  Circuits,
  GatewayError,
  LedgerIntent,
  LedgerSettlement,
  Permit,
  Principal,
  RequestRecord,
  ResponseCache,
  Slots,
} from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import type { Answer, StreamAnswer } from '../answer.js';
import { createAttemptMemory } from '../attempts/attempt-memory.js';
import { createPipeline } from '../pipeline.js';
import type { Ports } from '../ports.js';
import { TargetStatsTable } from '../routing/target-stats.js';
import { SnapshotHolder } from '../snapshot.js';
import type { Snapshot } from '../snapshot.js';
import { RefusedKeys } from './refused-keys.js';
import { scriptedTransport } from './scripted-transport.js';
import type { Script, ScriptedTransport } from './scripted-transport.js';
import { toyDialect } from './toy-dialect.js';
import type { ToyCall } from './toy-dialect.js';

export const PRINCIPAL: Principal = { kind: 'key', role: 'caller', keyId: 'k1', keyName: 'tests', tenant: 't1', limits: {} };

/** What a pipeline did to its ports. */
export interface Seen {
  readonly opened: string[];
  readonly records: RequestRecord[];
  readonly intents: LedgerIntent[];
  readonly settlements: LedgerSettlement[];
  /** The first verdict on each permit; `undefined` while there is none. */
  readonly verdicts: (string | undefined)[];
  readonly internalErrors: unknown[];
  admitted: number;
  released: number;
  /** Places at targets that were taken, and those given back. */
  slotsTaken: number;
  slotsReleased: number;
}

export interface Bench {
  readonly seen: Seen;
  readonly clock: ManualClock;
  readonly transport: ScriptedTransport;
  readonly snapshots: SnapshotHolder;
  /** Circuits that let nothing through. */
  readonly openCircuits: Set<string>;
  /** Calls with a body as JSON, or as the bytes that they are. */
  call(body: ToyCall | Uint8Array | string, options?: CallOptions): Promise<Answer>;
}
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly clientRequestId?: string;
  readonly principal?: Principal;
  /** In place of the body that is given. */
  readonly readBody?: () => Promise<Uint8Array>;
}

export interface BenchOptions {
  readonly snapshot: Snapshot;
  readonly scripts?: readonly Script[];
  readonly ports?: Partial<Ports>;
  readonly cache?: ResponseCache;
  readonly memory?: CallMemory;
}

/** A pipeline on ports that remember, in front of scripted providers. */
export function createBench({ snapshot, scripts = [], ports: changed = {}, cache, memory }: BenchOptions): Bench {
  const seen = nothingSeen();
  const clock = createManualClock();
  const transport = scriptedTransport(scripts);
  const openCircuits = new Set<string>();
  const ports = { ...portsOf(seen, { clock, transport, openCircuits }), ...(cache ? { cache } : {}), ...changed };
  const snapshots = new SnapshotHolder({ snapshot, ports });
  const pipeline = createPipeline(
    { route: '/toy', operation: 'chat', dialect: toyDialect, ...(memory ? { memory } : {}) },
    snapshots,
  );
  let calls = 0;
  return {
    seen,
    clock,
    transport,
    snapshots,
    openCircuits,
    call(body, { headers = {}, signal = new AbortController().signal, ...rest } = {}) {
      calls += 1;
      const bytes = toBytes(body);
      return pipeline({
        requestId: `req-${calls}`,
        headers: { 'content-type': 'application/json', ...headers },
        trace: { traceId: 't', spanId: 's', traceparent: '00-t-s-01' },
        signal,
        readBody: () => Promise.resolve(bytes),
        ...rest,
      });
    },
  };
}

function toBytes(body: ToyCall | Uint8Array | string): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

export function nothingSeen(): Seen {
  const lists = { opened: [], records: [], intents: [], settlements: [], verdicts: [], internalErrors: [] };
  return { ...lists, admitted: 0, released: 0, slotsTaken: 0, slotsReleased: 0 };
}

/** Waits of no length. */
export const AT_ONCE: BackoffStep = { delayMs: 0, next: () => AT_ONCE };

type Surroundings = Pick<Bench, 'clock' | 'transport' | 'openCircuits'>;

/** Ports that note what is done to them. */
export function portsOf(seen: Seen, { clock, transport, openCircuits }: Surroundings): Ports {
  return {
    clock,
    transport,
    random: () => 0,
    authenticator: { authenticate: () => Promise.resolve(PRINCIPAL) },
    assumedOutputTokens: 4_096,
    limiter: {
      free: () => undefined,
      admit: () => Promise.resolve(admission(seen)),
      admitInTurn: () => Promise.resolve(admission(seen)),
    },
    circuits: rememberingCircuits(seen, openCircuits, new RefusedKeys(clock)),
    slots: rememberingSlots(seen),
    backoff: () => AT_ONCE,
    attempts: createAttemptMemory(clock),
    stats: new TargetStatsTable(),
    ledger: {
      open: async (intent) => void seen.intents.push(intent),
      settle: (settlement) => void seen.settlements.push(settlement),
      flush: () => Promise.resolve(),
    },
    telemetry: {
      opened: (route) => void seen.opened.push(route),
      settled: (record) => void seen.records.push(record),
    },
    isRefusing: () => false,
    onInternalError: (cause) => void seen.internalErrors.push(cause),
  };
}

function admission(seen: Seen): Admission {
  seen.admitted += 1;
  return { headers: { 'x-ratelimit-remaining-requests': '9' }, settle: () => void (seen.released += 1) };
}

function rememberingCircuits(seen: Seen, open: ReadonlySet<string>, refused: RefusedKeys): Circuits {
  return {
    admit: (names, isLast = false) =>
      open.has(names.target) || (!isLast && refused.leftMs(names) > 0)
        ? undefined
        : createPermit(seen, (error) => (error ? refused.fail(names, error) : refused.succeed(names))),
    retryAfterMs: (target) => (open.has(target) ? 2_500 : 0),
    keyRetryAfterMs: (names) => refused.leftMs(names),
    state: (target) => (open.has(target) ? 'open' : 'closed'),
  };
}

function createPermit({ verdicts }: Seen, judge: (error?: GatewayError) => void): Permit {
  const at = verdicts.push(undefined) - 1;
  const say = (verdict: string): void => void (verdicts[at] ??= verdict);
  return {
    isProbe: false,
    begin() {},
    succeed() {
      say('succeed');
      judge();
    },
    fail(error) {
      say(error.code);
      judge(error);
    },
    forget: () => say('forget'),
  };
}

/** Room for all. */
function rememberingSlots(seen: Seen): Slots {
  const enter = () => {
    let isHeld = true;
    seen.slotsTaken += 1;
    return {
      noteFirstToken() {},
      noteOverload() {},
      release() {
        seen.slotsReleased += Number(isHeld);
        isHeld = false;
      },
    };
  };
  return { enter, wait: () => Promise.resolve(enter()), view: () => undefined };
}

/** All of a stream as text. */
export async function readStream(answer: Answer): Promise<string> {
  let text = '';
  for await (const chunk of asStream(answer).chunks) text += Buffer.from(chunk).toString();
  return text;
}

export function asStream(answer: Answer): StreamAnswer {
  if (answer.kind !== 'stream') throw new Error(`The answer is no stream: ${answer.status} ${String(answer.body)}`);
  return answer;
}

/** A plain answer's body as text. */
export function bodyOf(answer: Answer): string {
  if (answer.kind !== 'plain') throw new Error('The answer is a stream.');
  return Buffer.from(answer.body).toString();
}

/** The code of a refused call. */
export function codeOf(answer: Answer): string {
  return (JSON.parse(bodyOf(answer)) as { readonly error: { readonly code: string } }).error.code;
}

/** The reason with which the edge aborts the signal of a caller that left. */
export function left(): Error {
  return gatewayError('client_closed_request');
}

/** What must hold once a call that was accepted is over, however it ended. */
export function leftovers({ seen, snapshots, transport, clock }: Omit<Bench, 'call'>): Readonly<Record<string, unknown>> {
  return {
    intents: seen.intents.length,
    settlements: seen.settlements.length,
    opened: seen.opened.length,
    settled: seen.records.length,
    placesHeld: seen.admitted - seen.released,
    slotsHeld: seen.slotsTaken - seen.slotsReleased,
    permitsHeld: seen.verdicts.filter((verdict) => verdict === undefined).length,
    leases: snapshots.leases,
    upstreams: transport.open,
    timers: clock.pending,
  };
}

/** {@link leftovers} of a call that was accepted and left nothing behind. */
export const CLEAN = {
  intents: 1,
  settlements: 1,
  opened: 1,
  settled: 1,
  placesHeld: 0,
  slotsHeld: 0,
  permitsHeld: 0,
  leases: 0,
  upstreams: 0,
  timers: 0,
};

/** {@link leftovers} of a call that was refused before it was accepted. */
export const REFUSED = { ...CLEAN, intents: 0, settlements: 0 };
