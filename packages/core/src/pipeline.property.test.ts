import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Answer } from './answer.js';
import { CLEAN, createBench, leftovers } from './__fixtures__/bench.js';
import type { Bench } from './__fixtures__/bench.js';
import { DONE, FINISH, HANG, saying, streaming } from './__fixtures__/scripted-transport.js';
import type { Script, Step } from './__fixtures__/scripted-transport.js';
import { aliasOf, configured, policyOf, snapshotOf } from './__fixtures__/snapshots.js';
import { toyProvider } from './__fixtures__/toy-provider.js';

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

const situation = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 5 }),
  passes: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  retries: fc.record({ max: fc.integer({ min: 0, max: 4 }), sameTarget: fc.integer({ min: 0, max: 2 }) }),
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
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function open({ scripts, passes, retries, openCircuit }: Situation): Bench {
  const providers = passes.map((pass, index) => configured(`p${index}`, toyProvider({ passes: pass })));
  const bench = createBench({
    snapshot: snapshotOf(providers, [aliasOf('fast', providers, policyOf(retries))]),
    scripts,
  });
  if (openCircuit) bench.openCircuits.add('p0/m');
  return bench;
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

it('settles everything exactly once, whatever providers and callers do', async () => {
  const property = fc.asyncProperty(situation, async (given) => {
    const bench = open(given);
    await live(bench, given);
    expect(leftovers(bench)).toEqual(CLEAN);
    const attempts = bench.seen.settlements[0]?.attempts.length ?? 0;
    expect(attempts).toBeLessThanOrEqual(given.retries.max + 1);
    // A caller that leaves in time keeps the last one from being sent.
    expect(attempts - bench.transport.requests.length).toBeLessThanOrEqual(given.abort ? 1 : 0);
  });
  expect((await fc.check(property, { numRuns: 400 })).errorInstance).toBeNull();
});

it('ends every stream as a whole one, or with one error frame, or silently for a caller that has left', async () => {
  const property = fc.asyncProperty(situation, async (given) => {
    const readToTheEnd = { ...given, stream: true, stopsReading: undefined };
    const bench = open(readToTheEnd);
    const text = await live(bench, readToTheEnd);
    const { status, errorCode } = bench.seen.settlements[0] ?? {};
    const failed = errorCode !== undefined;
    const expected = status === 200 ? { whole: !failed, errors: failed ? 1 : 0 } : { whole: false, errors: 0 };
    expect({ whole: isWhole(text), errors: errors(text) }).toEqual(expected);
  });
  expect((await fc.check(property, { numRuns: 400 })).errorInstance).toBeNull();
});
