import fc from 'fast-check';
import { expect } from 'vitest';
import { MoneyWorld } from './money-world.js';
import type { Rules, Running } from './money-world.js';

const MINUTE_MS = 60_000;
/** Longer than a lease, and than it takes to find what another process has left. */
const LEASE_MS = 31_000;
const MICRO = 1_000;

/** What should be, in a few numbers. */
interface Model {
  settled: number;
  /** Of requests under way, and of those whose process has ended and that nobody has settled yet. */
  readonly reserved: Map<string, number>;
  windowEndsMs: number;
  admitted: number;
}

type Command = fc.AsyncCommand<Model, MoneyWorld>;

function step(name: string, run: (model: Model, world: MoneyWorld) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, world) {
      await run(model, world);
      holds(model, world);
    },
    toString: () => name,
  };
}

/** I1: a row each, and final once it is over. I2: nothing is counted that is neither spent nor reserved, and nothing less. */
function holds(model: Model, world: MoneyWorld): void {
  const reserved = [...model.reserved.values()].reduce((sum, amount) => sum + amount, 0);
  const { settlements } = world;
  const spent = settlements.reduce((sum, { costMicroUsd = 0 }) => sum + costMicroUsd * MICRO, 0);
  expect([world.counted, spent]).toEqual([model.settled + reserved, model.settled]);
  expect(world.openRows).toBe(model.reserved.size);
  expect(new Set(settlements.map(({ id }) => id)).size).toBe(settlements.length);
}

const ask = (amount: number): Command =>
  step(`ask ${amount}`, async (model, world) => {
    const { nanoUsd, requestsPerMinute, concurrent } = world.rules;
    const nowMs = world.clock.now();
    const inWindow = nowMs < model.windowEndsMs ? model.admitted : 0;
    const reserved = [...model.reserved.values()].reduce((sum, each) => sum + each, 0);
    const fits =
      inWindow < requestsPerMinute &&
      model.reserved.size < concurrent &&
      model.settled + reserved + amount <= nanoUsd;
    // I2, I3: exactly what fits is admitted.
    expect(await world.ask(amount)).toBe(fits);
    if (!fits) return;
    if (nowMs >= model.windowEndsMs) [model.windowEndsMs, model.admitted] = [nowMs + MINUTE_MS, 0];
    model.admitted += 1;
    model.reserved.set((world.running.at(-1) as Running).id, amount);
  });

/** A stream to its end, or left by its caller: then it has used a part of what it had reserved. */
const finish = (pick: number, share: number): Command =>
  step(`finish ${pick} having used ${share} %`, async (model, world) => {
    const one = world.running[pick % Math.max(1, world.running.length)];
    if (!one) return;
    const used = Math.floor((one.reserved * share) / 100 / MICRO) * MICRO;
    model.reserved.delete(one.id);
    model.settled += used;
    await world.finish(one, used);
  });

const pass = (ms: number): Command => step(`${ms} ms pass`, (_, world) => world.pass(ms));

/** What the process that has ended had under way is settled at what it had reserved. */
const restart = (): Command =>
  step('crash and restart', async (model, world) => {
    for (const { id, reserved } of await world.restart()) {
      model.reserved.delete(id);
      model.settled += reserved;
    }
  });

const reload = (rules: Rules): Command =>
  step(`reload ${JSON.stringify(rules)}`, async (_, world) => world.reload(rules));

const amounts = fc.integer({ min: 1, max: 40 }).map((micro) => micro * MICRO);
const rulesOf = fc.record({
  nanoUsd: fc.integer({ min: 0, max: 400 }).map((micro) => micro * MICRO),
  requestsPerMinute: fc.integer({ min: 0, max: 12 }),
  concurrent: fc.integer({ min: 0, max: 6 }),
});

const commands = fc.commands(
  [
    amounts.map(ask),
    amounts.map(ask),
    fc.tuple(fc.nat(9), fc.integer({ min: 0, max: 100 })).map(([pick, share]) => finish(pick, share)),
    fc.constantFrom(1, 1_000, 20_000, LEASE_MS, MINUTE_MS).map(pass),
    fc.constant(restart()),
    rulesOf.map(reload),
  ],
  { maxCommands: 40, size: 'max' },
);

/** Random schedules of requests, deaths and changes, each held against the model after every step. Says how many kept to it. */
export async function runSchedules(numRuns: number): Promise<number> {
  let run = 0;
  const property = fc.asyncProperty(rulesOf, commands, async (rules, schedule) => {
    const world = new MoneyWorld(rules);
    try {
      const model: Model = { settled: 0, reserved: new Map(), windowEndsMs: 0, admitted: 0 };
      await fc.asyncModelRun(() => ({ model, real: world }), schedule);
      run += 1;
    } finally {
      world.dispose();
    }
  });
  await fc.assert(property, { numRuns });
  return run;
}
