import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { LedgerSettlement } from '@sluice/contract';
import { TargetStatsTable, createAttemptMemory, createPipeline } from '@sluice/core';
import type { Answer, Pipeline, Ports } from '@sluice/core';
import { openAiChat } from '@sluice/dialect-openai';
import { createManualClock } from '@sluice/testkit';
import { buildSnapshot } from '../../compose/build-snapshot.js';
import { composeCatalogue } from '../../compose/catalogue.js';
import { createPooledProvider } from '../../compose/pooled-provider.js';
import type { PooledProvider } from '../../compose/pooled-provider.js';
import { PROVIDER_DEFINITIONS } from '../../config/definitions.js';
import { parseConfig } from '../../config/parse-config.js';
import type { Config } from '../../config/schema.js';
import { MoodyProviders } from './moody-providers.js';
import { WatchedCircuits } from './watched-circuits.js';

/** What an alias does beyond its targets. */
export interface Policy {
  readonly retries: { readonly max: number; readonly sameTarget: number; readonly retryAfterMaxMs: number };
  readonly holdBack: { readonly tokens: number; readonly ms: number };
  readonly hedge: { readonly afterP95: boolean; readonly maxExtraSpend: number };
}

/** One request of a caller. */
export interface Asked {
  readonly stream: boolean;
  text: string;
  status: number;
  attempts: number;
  hasLeft: boolean;
  isOver: boolean;
  readonly beganMs: number;
  endedMs: number;
  leave(): void;
}

const PRINCIPAL = { kind: 'key', role: 'caller', keyId: 'k', keyName: 'k', tenant: 't', limits: {} } as const;
const STEP = { delayMs: 20, next: () => STEP } as const;
/** Answers of each target that are known beforehand, so that hedging can begin. */
const LEARNED = 20;
const USUAL_MS = 300;
/** What the retry budget has at first. */
const RESERVE = 100;
export const TIMEOUTS = { connectMs: 1_000, firstTokenMs: 2_000, idleMs: 1_000, totalMs: 8_000 };
export const PROVIDERS = ['a', 'b', 'c'] as const;

const UNLIMITED = { headers: {}, settle: () => undefined };

/** A gateway's pipeline with the real circuits, before three providers with moods, on a time of its own. */
export class ScheduleWorld {
  readonly clock = createManualClock();
  readonly circuits = new WatchedCircuits(this.clock);
  readonly providers = new MoodyProviders(this.clock);
  readonly asked: Asked[] = [];
  readonly settlements: LedgerSettlement[] = [];
  readonly faults: unknown[] = [];
  opened = 0;
  readonly #pipeline: Pipeline;

  /** With so many further tries left in the retry budget. */
  constructor(policy: Policy, budget: number) {
    const config = configOf(policy);
    const snapshot = buildSnapshot({
      config,
      providers: providersOf(config),
      knownModels: () => new Set(),
      catalogue: composeCatalogue(config),
    });
    const ports = this.#ports();
    for (let spent = budget; spent < RESERVE; spent += 1) ports.attempts.budget.take();
    for (const name of PROVIDERS) learn(ports, `${name}/m`);
    const snapshots = { acquire: () => ({ snapshot, ports, release: () => undefined }) };
    const endpoint = { route: '/v1/chat/completions', operation: 'chat', dialect: openAiChat } as const;
    this.#pipeline = createPipeline(endpoint, snapshots);
  }

  ask(stream: boolean): void {
    const controller = new AbortController();
    const left = gatewayError('client_closed_request');
    const one: Asked = {
      stream,
      text: '',
      status: 0,
      attempts: 0,
      hasLeft: false,
      isOver: false,
      beganMs: this.clock.monotonic(),
      endedMs: 0,
      leave() {
        one.hasLeft ||= !one.isOver;
        controller.abort(left);
      },
    };
    this.asked.push(one);
    void this.#answer(one, controller.signal).finally(() => {
      one.isOver = true;
      one.endedMs = this.clock.monotonic();
    });
  }

  /** Time passes in small steps, and whatever can go on does. */
  async pass(ms: number, stepMs = 250): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.settled();
    }
  }

  async settled(): Promise<void> {
    await setImmediate();
    await setImmediate();
  }

  async #answer(one: Asked, signal: AbortSignal): Promise<void> {
    const body = { model: 'fast', stream: one.stream, messages: [{ role: 'user', content: 'Hello' }] };
    const answer = await this.#pipeline({
      requestId: `r${this.asked.length}`,
      headers: { 'content-type': 'application/json' },
      trace: { traceId: 't', spanId: 's', traceparent: '00-t-s-01' },
      signal,
      principal: PRINCIPAL,
      readBody: () => Promise.resolve(Buffer.from(JSON.stringify(body))),
    });
    one.status = answer.status;
    one.attempts = Number(answer.headers['x-sluice-attempts'] ?? 0);
    await read(answer, one);
  }

  #ports(): Ports {
    return {
      clock: this.clock,
      random: () => 0.5,
      authenticator: { authenticate: () => Promise.reject(new Error('Callers are known here.')) },
      assumedOutputTokens: 4_096,
      limiter: { free: () => UNLIMITED, admit: () => Promise.resolve(UNLIMITED), admitInTurn: () => Promise.resolve(UNLIMITED) },
      circuits: this.circuits.asPort(),
      backoff: () => STEP,
      attempts: createAttemptMemory(this.clock),
      stats: new TargetStatsTable(),
      transport: this.providers,
      ledger: {
        open: () => Promise.resolve(void (this.opened += 1)),
        settle: (settlement) => void this.settlements.push(settlement),
        flush: () => Promise.resolve(),
      },
      telemetry: { opened: () => undefined, settled: () => undefined },
      isRefusing: () => false,
      onInternalError: (cause) => void this.faults.push(cause),
    };
  }
}

async function read(answer: Answer, one: Asked): Promise<void> {
  if (answer.kind === 'plain') one.text = Buffer.from(answer.body).toString();
  else for await (const chunk of answer.chunks) one.text += Buffer.from(chunk).toString();
}

function learn({ attempts: { hedges } }: Ports, target: string): void {
  for (const stream of [true, false])
    for (let i = 0; i < LEARNED; i += 1) hedges.timeOf(target, stream).observe(USUAL_MS);
}

const KEYS = { K0: 'key-0', K1: 'key-1' };

/** The first provider has two keys. */
function configOf(policy: Policy): Config {
  const kind = 'openai-compatible';
  const providers = {
    a: { kind, baseUrl: 'http://a.test/v1', apiKeys: [{ env: 'K0' }, { env: 'K1' }] },
    b: { kind, baseUrl: 'http://b.test/v1', apiKey: { env: 'K0' } },
    c: { kind, baseUrl: 'http://c.test/v1', apiKey: { env: 'K0' } },
  };
  const targets = PROVIDERS.map((provider) => ({ provider, model: 'm' }));
  const raw = { providers, models: { fast: { targets, timeouts: TIMEOUTS, ...policy } } };
  return parseConfig(raw, { env: { ...KEYS, NODE_ENV: 'production' }, cwd: '/' });
}

function providersOf({ providers }: Config): ReadonlyMap<string, PooledProvider> {
  const definition = PROVIDER_DEFINITIONS.find(({ kind }) => kind === 'openai-compatible');
  if (!definition) throw new Error('There is no such kind.');
  const deps = { secret: () => Promise.resolve('key') };
  return new Map(
    Object.entries(providers).map(([name, settings]) => [name, createPooledProvider(definition, settings, deps as never)]),
  );
}
