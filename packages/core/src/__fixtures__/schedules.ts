import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { Provider } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Answer } from '../answer.js';
import { createAttemptMemory } from '../attempts/attempt-memory.js';
import type { AttemptMemory } from '../attempts/attempt-memory.js';
import { CLEAN, createBench, leftovers } from './bench.js';
import type { Bench } from './bench.js';
import { DONE, FINISH, HANG, saying, streaming } from './scripted-transport.js';
import type { Script, Step } from './scripted-transport.js';
import { aliasOf, configured, policyOf, snapshotOf } from './snapshots.js';
import { toyProvider } from './toy-provider.js';

const step = fc.constantFrom<Step>(
  'word',
  'word',
  ': ping\n\n',
  'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n',
  'data: {"error":{"message":"boom"}}\n\n',
  'data: {"err',
  'data: garbage\n\n',
  FINISH,
  DONE,
  HANG,
  { fail: 'upstream_truncated' },
);
const script = fc.oneof<fc.Arbitrary<Script>[]>(
  fc.constantFrom<Script>(
    saying('hello'),
    streaming('word', 'word', FINISH, DONE),
    { head: 'hang' },
    { head: 'upstream_connection_error' },
    { status: 500 },
    { status: 429 },
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 401 },
    { status: 400 },
    { steps: ['{"half":', HANG] },
    { steps: ['{"half":', { fail: 'upstream_truncated' }] },
    { steps: ['{"error":{"message":"boom"}}'] },
    { steps: [] },
  ),
  fc.array(step, { maxLength: 6 }).map((steps) => streaming(...withoutEpilogue(steps))),
);
/** What says nothing may follow the end of a stream; what says something is for the scanners' own tests. */
function withoutEpilogue(steps: readonly Step[]): readonly Step[] {
  const end = steps.indexOf(DONE);
  const isSilent = (step: Step): boolean => typeof step !== 'string' || step.startsWith(':');
  return end < 0 ? steps : [...steps.slice(0, end + 1), ...steps.slice(end + 1).filter(isSilent)];
}

/** A request, or several one after the other, with everything that may happen to them. */
export const situation = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 5 }),
  passes: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  retries: fc.record({
    max: fc.integer({ min: 0, max: 4 }),
    sameTarget: fc.integer({ min: 0, max: 2 }),
    retryAfterMaxMs: fc.constantFrom(0, 2_000),
  }),
  /** Keys of the first provider. */
  keys: fc.integer({ min: 1, max: 3 }),
  /** Whether a second request may go out beside one that is slow, which is known of all targets. */
  hedges: fc.boolean(),
  holdBack: fc.option(fc.record({ tokens: fc.nat(3), ms: fc.constantFrom(0, 500, 2_500) }), { nil: undefined }),
  requests: fc.integer({ min: 1, max: 4 }),
  /** Further tries that the retry budget has left. */
  budget: fc.integer({ min: 0, max: 6 }),
  stream: fc.boolean(),
  openCircuit: fc.boolean(),
  /** After so many turns the caller leaves, or the gateway stops. */
  abort: fc.option(
    fc.record({ afterTurns: fc.nat(8), because: fc.constantFrom('client_closed_request', 'draining') }),
    {
      nil: undefined,
    },
  ),
  /** Leaves its loop after so many pieces. */
  stopsReading: fc.option(fc.nat(3), { nil: undefined }),
});
export type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

/** What the first 20 answers of every target took. */
const USUAL_MS = 500;

function open(given: Situation): Bench {
  const { scripts, passes, retries, hedges, holdBack, openCircuit } = given;
  const providers = passes.map((pass, index) => {
    const pool = Array.from({ length: index === 0 ? given.keys : 1 }, () => toyProvider({ passes: pass }));
    const [first] = pool as [Provider];
    return configured(`p${index}`, first, pool.length > 1 ? { pool } : {});
  });
  const policy = {
    ...policyOf(retries),
    ...(holdBack ? { holdBack } : {}),
    ...(hedges ? { hedge: { maxExtraSpend: 1 } } : {}),
  };
  const memory = createAttemptMemory(createManualClock());
  for (let i = 0; i < 100 - given.budget; i += 1) memory.budget.take();
  if (hedges) learn(memory, passes.length);
  const bench = createBench({
    snapshot: snapshotOf(providers, [aliasOf('fast', providers, policy)]),
    scripts,
    ports: { attempts: memory },
  });
  if (openCircuit) bench.openCircuits.add('p0/m');
  return bench;
}

function learn({ hedges }: AttemptMemory, targets: number): void {
  for (let target = 0; target < targets; target += 1)
    for (const stream of [true, false])
      for (let i = 0; i < 20; i += 1) hedges.timeOf(`p${target}/m`, stream).observe(USUAL_MS);
}

/** {@link CLEAN} after so many requests. */
function cleanAfter(requests: number): Readonly<Record<string, unknown>> {
  return { ...CLEAN, intents: requests, settlements: requests, opened: requests, settled: requests };
}

async function readSome(answer: Answer, pieces = Number.POSITIVE_INFINITY): Promise<string> {
  if (answer.kind === 'plain') return '';
  let text = '';
  let read = 0;
  for await (const chunk of answer.chunks) {
    if (read >= pieces) break;
    text += Buffer.from(chunk).toString();
    read += 1;
  }
  return text;
}

/** Lets the call run to its end; whenever it stands still, time passes. Returns what a stream said. */
async function live(bench: Bench, { stream, abort, stopsReading }: Situation): Promise<string> {
  const controller = new AbortController();
  let over = false;
  const ended = bench
    .call({ model: 'fast', stream }, { signal: controller.signal })
    .then((answer) => readSome(answer, stopsReading))
    .finally(() => (over = true));
  for (let turn = 0; !over; turn += 1) {
    if (abort?.afterTurns === turn) controller.abort(gatewayError(abort.because));
    await setImmediate();
    if (!over) bench.clock.advance(1_000);
    await setImmediate();
    if (turn > 500) throw new Error('The call does not end.');
  }
  return ended;
}


const isWhole = (text: string): boolean => /^data: (?:END|\[DONE\])$/m.test(text);
const errors = (text: string): number => text.split('data: {"error"').length - 1;

/** Everything is settled exactly once, whatever providers and callers do, and attempts stay within their bounds. */
export async function settlesOnce(given: Situation): Promise<void> {
  const bench = open(given);
  for (let i = 0; i < given.requests; i += 1) await live(bench, given);
  expect(leftovers(bench)).toEqual(cleanAfter(given.requests));
  const attempts = bench.seen.settlements.map((settlement) => settlement.attempts);
  for (const each of attempts) {
    expect(each.length).toBeLessThanOrEqual(given.retries.max + 1);
    expect(each.filter(({ hedge }) => hedge).length).toBeLessThanOrEqual(given.hedges ? Math.max(0, each.length - 1) : 0);
    expect(each.filter(({ errorCode, abandoned }) => errorCode === undefined && !abandoned).length).toBeLessThanOrEqual(1);
  }
  const all = attempts.reduce((sum, each) => sum + each.length, 0);
  // The retry budget: one for five requests, and what it had left.
  expect(all).toBeLessThanOrEqual(given.requests * 1.2 + given.budget);
  // A caller that leaves in time, or an answer that comes first, keeps the last one from being sent.
  const unsent = ((given.abort ? 1 : 0) + (given.hedges ? 1 : 0)) * given.requests;
  expect(all - bench.transport.requests.length).toBeLessThanOrEqual(unsent);
}

/** A stream ends as a whole one, or with one error frame, or silently for a caller that has left. */
export async function endsStreams(given: Situation): Promise<void> {
  const readToTheEnd = { ...given, stream: true, stopsReading: undefined };
  const bench = open(readToTheEnd);
  const text = await live(bench, readToTheEnd);
  const { status, errorCode } = bench.seen.settlements[0] ?? {};
  const failed = errorCode !== undefined;
  const expected = status === 200 ? { whole: !failed, errors: failed ? 1 : 0 } : { whole: false, errors: 0 };
  expect({ whole: isWhole(text), errors: errors(text) }).toEqual(expected);
}
