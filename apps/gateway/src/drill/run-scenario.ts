import type { RequestRecord } from '@sluice/contract';
import type { DrillBench, FreshGateway } from './bench.js';
import { ask } from './caller.js';
import type { Seen } from './caller.js';
import type { Sent } from './network.js';
import type { AnswerKind, AskPlan, Scenario } from './scenario.js';

/** One request of a drill: what its caller saw, and what the gateway would have written of it. */
export interface Asked {
  readonly seen: Seen;
  /** Absent where it did not end. */
  readonly record?: RequestRecord;
}

/** What one alias went through. */
export interface AliasRun {
  readonly alias: string;
  /** The providers that were at fault. */
  readonly struck: ReadonlySet<string>;
  readonly asked: readonly Asked[];
  /** A request on a good day after it; of the benchmark's scenarios alone. */
  readonly after?: Asked;
  /** Requests that providers still have open when nobody waits for an answer any more. */
  readonly leftOpen: number;
  /** Every attempt that left for a provider, in order. */
  readonly sent: readonly Sent[];
  /** When it began, on the drill's clock. */
  readonly startedMs: number;
}

/** Within this, providers learn that nobody listens any more. */
const AFTERMATH_MS = 1_000;

/** An answer that has not ended so long after its configured time hangs. */
const GRACE_MS = 60_000;

export interface DrillPlace {
  readonly alias: string;
  /** The provider to be struck, where it is not that of the first target. */
  readonly at?: string | undefined;
}

/** Lets one alias go through a scenario, with a gateway that has seen nothing before. */
export async function runScenario(scenario: Scenario, { alias, at }: DrillPlace, bench: DrillBench): Promise<AliasRun> {
  const { clock, network, standIns } = bench;
  const struck = at === undefined || scenario.at !== 'first' ? findStruck(scenario, alias, bench) : new Set([at]);
  for (const standIn of standIns.values()) {
    standIn.setFaults((struck.has(standIn.name) ? scenario.faults : scenario.elsewhere) ?? []);
  }
  network.strike(struck, scenario.outage);
  const startedMs = clock.monotonic();
  const gateway = bench.fresh();
  const asked = await askAll(scenario, { alias, gateway }, bench);
  const { sent } = network;
  const after = scenario.benchmark && (await askAfterwards({ alias, gateway }, bench));
  const { stray } = network;
  if (stray !== undefined) throw new Error(`The drill was about to call ${stray}, and ended.`);
  gateway.release();
  if (gateway.faults.length > 0) throw new AggregateError(gateway.faults, 'The gateway itself failed.');
  await clock.drive(clock.until(clock.monotonic() + AFTERMATH_MS), AFTERMATH_MS);
  const leftOpen = [...standIns.values()].reduce((sum, standIn) => sum + standIn.openExchanges(), 0);
  return { alias, struck, asked, ...(after && { after }), leftOpen, sent, startedMs };
}

function findStruck({ at }: Scenario, alias: string, { config, standIns }: DrillBench): ReadonlySet<string> {
  if (at === 'none') return new Set();
  if (at === 'all') return new Set(standIns.keys());
  const { targets = [] } = config.models[alias] ?? {};
  const first = targets.find(({ tags }) => !tags) ?? targets[0];
  return new Set(first ? [first.provider] : []);
}

interface Turn {
  readonly kind: AnswerKind;
  readonly number: number;
}

interface Counter {
  readonly alias: string;
  readonly gateway: FreshGateway;
}

/** Whether the gateway still answers once everybody is well. */
async function askAfterwards({ alias, gateway }: Counter, bench: DrillBench): Promise<Asked> {
  const { clock, network, standIns } = bench;
  for (const standIn of standIns.values()) standIn.setFaults([]);
  network.strike(new Set(), undefined);
  const limitMs = longestMs(alias, bench) + GRACE_MS;
  const question = { requestId: 'drill-after', alias, kind: 'stream', leaves: false, limitMs } as const;
  const seen = ask(question, gateway.pipeline, clock);
  await clock.drive(seen, limitMs * 2);
  return toAsked(await seen, gateway);
}

async function askAll(scenario: Scenario, { alias, gateway }: Counter, bench: DrillBench): Promise<readonly Asked[]> {
  const { clock } = bench;
  const { everyMs, atOnce = 1 } = scenario.asks;
  const turns = toTurns(scenario.asks);
  const limitMs = longestMs(alias, bench) + GRACE_MS;
  const asked: Asked[] = [];
  for (let from = 0; from < turns.length; from += atOnce) {
    const group = turns.slice(from, from + atOnce);
    const nextMs = clock.monotonic() + everyMs;
    const questions = group.map(({ kind, number }) => ({
      requestId: `drill-${number}`,
      alias,
      kind,
      leaves: kind === 'stream' && scenario.asks.leaves === true,
      limitMs,
    }));
    const all = Promise.all(questions.map((question) => ask(question, gateway.pipeline, clock)));
    await clock.drive(all, limitMs * 2);
    for (const seen of await all) asked.push(toAsked(seen, gateway));
    if (from + atOnce < turns.length) await clock.pass(Math.max(0, nextMs - clock.monotonic()));
    if (scenario.wallStepMs !== undefined && from <= turns.length / 3 && from + atOnce > turns.length / 3)
      clock.stepWallClock(scenario.wallStepMs);
  }
  return asked;
}

function toTurns({ times, kinds }: AskPlan): readonly Turn[] {
  return Array.from({ length: times * kinds.length }, (_, number) => ({
    kind: kinds[number % kinds.length] ?? 'plain',
    number,
  }));
}

function longestMs(alias: string, { snapshot }: DrillBench): number {
  const { targets = [], fallbacks = [] } = snapshot.aliases.get(alias) ?? {};
  const candidates = [...targets.map(({ candidate }) => candidate), ...fallbacks];
  return Math.max(0, ...candidates.map(({ timeouts }) => timeouts.totalMs));
}

function toAsked(seen: Seen, { records }: FreshGateway): Asked {
  const record = records.get(seen.requestId);
  return { seen, ...(record && { record }) };
}
