import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { never } from './claims.js';
import type { Request } from './counting-model.js';
import { CountingWorld, MONEY, SLOTS, claimsOf } from './counting-world.js';
import type { Member } from './counting-world.js';
import { ledgerIntent } from './rows.js';
import { temporaryPath, temporaryStore } from './temporary-store.js';

const HOUR_MS = 3_600_000;

/** What a process is asked for. */
type Order =
  | { readonly kind: 'ask'; readonly money: number; readonly hasRow: boolean }
  | { readonly kind: 'settle' | 'cancel' | 'record'; readonly pick: number; readonly used: number }
  | { readonly kind: 'renew'; readonly butFor: number };

/** What becomes of the transaction: rows of the ledger go with it or not, and it fails, or they do, or the process ends before. */
type Fate = 'alone' | 'withRows' | 'rowsFail' | 'fails' | 'killed';

type Command =
  | { readonly kind: 'turn'; readonly member: number; readonly orders: readonly Order[]; readonly fate: Fate }
  | { readonly kind: 'stop' | 'wake' | 'close'; readonly member: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'step'; readonly ms: number };

const pick = fc.nat(5);
const used = fc.nat(60);
const order: fc.Arbitrary<Order> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      money: fc.integer({ min: 1, max: 40 }),
      hasRow: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('settle', 'cancel', 'record'), pick, used }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('renew' as const), butFor: fc.nat(7) }) },
);
const member = fc.nat(2);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      member,
      orders: fc.array(order, { minLength: 1, maxLength: 5 }),
      fate: fc.constantFrom('alone', 'alone', 'withRows', 'withRows', 'rowsFail', 'fails', 'killed'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stop', 'wake', 'close'), member }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(5_000, 15_000, 31_000, 70_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('step' as const), ms: fc.constantFrom(5 * HOUR_MS, -3 * HOUR_MS) }),
  },
);

/** One turn of the event loop of one process. */
class Turn {
  readonly #world: CountingWorld;
  readonly #member: Member;
  readonly #recorded: string[] = [];
  readonly #applied: (() => void)[] = [];
  readonly #owed: (() => void)[] = [];
  readonly #asked: Promise<unknown>[] = [];
  readonly #taken = new Set<Request>();

  constructor(world: CountingWorld, member: Member) {
    this.#world = world;
    this.#member = member;
  }

  async run(orders: readonly Order[], fate: Fate): Promise<void> {
    const { real, model } = this.#member;
    model.look(this.#world.clock.now());
    for (const each of orders) this.#ask(each);
    if (fate === 'killed') this.#world.replace(this.#member);
    else if (fate === 'fails') await real.failing(() => Promise.allSettled(this.#asked));
    else this.#commit(fate);
    await Promise.allSettled(this.#asked);
    if (fate === 'killed') return;
    for (const apply of fate === 'fails' ? this.#owed : this.#applied) apply();
  }

  #commit(fate: 'alone' | 'withRows' | 'rowsFail'): void {
    const { real, model } = this.#member;
    if (fate === 'rowsFail') void real.failing(() => expect(() => real.record(this.#recorded)).toThrow('disk full'));
    if (fate !== 'withRows') return;
    real.record(this.#recorded);
    for (const id of this.#recorded) this.#world.model.rows.add(id);
    for (const request of model.requests) if (this.#recorded.includes(request.id)) request.isRecorded = true;
  }

  #ask(wanted: Order): void {
    const { real, model } = this.#member;
    if (wanted.kind === 'ask') return void this.#reserve(wanted);
    if (wanted.kind === 'renew') {
      const ids = model.requests.flatMap(({ id }, at) => (at === wanted.butFor ? [] : [id]));
      this.#asked.push(real.counters.renew(ids));
      this.#applied.push(() => model.renew(this.#world.clock.now(), ids));
      return;
    }
    const request = model.requests[wanted.pick % Math.max(1, model.requests.length)];
    if (!request || this.#taken.has(request)) return;
    if (wanted.kind === 'record') return void this.#recorded.push(request.id);
    this.#taken.add(request);
    this.#end(request, wanted);
  }

  #end(request: Request, { kind, used: amount }: Extract<Order, { readonly pick: number }>): void {
    const { real, model } = this.#member;
    const actual = { spend: amount, tokens: amount, sliding: amount };
    const nothing = { spend: 0, tokens: 0, sliding: 0 };
    const { counters } = real;
    this.#asked.push(kind === 'settle' ? counters.settle(request.id, actual) : counters.cancel(request.id));
    const apply = (): void => this.#world.model.settle(model, request, kind === 'settle' ? actual : nothing);
    this.#applied.push(apply);
    if (kind === 'settle') this.#owed.push(apply);
  }

  #reserve({ money, hasRow }: Extract<Order, { readonly kind: 'ask' }>): void {
    const { real, model } = this.#member;
    const id = this.#world.nextId;
    const claims = claimsOf(money);
    let isGranted = false;
    const reserving = hasRow
      ? real.counters.reserveAndOpen(ledgerIntent({ id }), claims, never)
      : real.counters.reserve(id, claims, never);
    this.#asked.push(reserving.then(({ ok }) => (isGranted = ok)));
    this.#applied.push(() => {
      const counts = this.#world.model.counts();
      const fits = (counts.get('concurrent@0') ?? 0) < SLOTS && (counts.get('spend@0') ?? 0) + money <= MONEY;
      expect([id, isGranted]).toEqual([id, fits]);
      if (!isGranted) return;
      const taken = claims.map((claim) => this.#world.taken(claim));
      model.hold({ id, taken, isRecorded: hasRow }, this.#world.clock.now());
      if (hasRow) this.#world.model.rows.add(id);
    });
  }
}

async function obey(world: CountingWorld, wanted: Command): Promise<void> {
  if (wanted.kind === 'pass') return world.clock.advance(wanted.ms);
  if (wanted.kind === 'step') return step(world, wanted.ms);
  const one = world.members[wanted.member] as Member;
  if (wanted.kind === 'wake') return wake(world, one);
  if (wanted.kind === 'stop') return void (one.model.isStopped = true);
  if (one.model.isStopped) return;
  if (wanted.kind === 'turn') return new Turn(world, one).run(wanted.orders, wanted.fate);
  one.real.counters.flush();
  world.replace(one);
}

/** Whoever runs renews soon. */
async function step(world: CountingWorld, ms: number): Promise<void> {
  if (ms < 0 && world.wasSetBack) return;
  world.wasSetBack ||= ms < 0;
  world.clock.stepWallClock(ms);
  for (const one of world.members) if (!one.model.isStopped) await wake(world, one);
}

async function wake(world: CountingWorld, { real, model }: Member): Promise<void> {
  model.isStopped = false;
  const nowMs = world.clock.now();
  model.look(nowMs);
  const ids = model.requests.map(({ id }) => id);
  await real.counters.renew(ids);
  model.renew(nowMs, ids);
}

/** Random schedules of what processes do and what becomes of them, each held against the model after every step. Says how many kept to it. */
export async function runSchedules(numRuns: number): Promise<number> {
  const template = temporaryPath();
  temporaryStore({ path: template }).close();
  let run = 0;
  const property = fc.asyncProperty(fc.array(command, { maxLength: 40, size: 'max' }), async (commands) => {
    const path = `${template}-${(run += 1)}`;
    copyFileSync(template, path);
    const world = new CountingWorld(path, 3);
    try {
      for (const each of commands) {
        await obey(world, each);
        await world.settled();
        expect(world.differences()).toEqual({});
      }
    } finally {
      world.dispose();
    }
  });
  await fc.assert(property, { numRuns });
  return run;
}
