import { gatewayError } from '@sluice/contract';
import type { Slot, SlotRequest } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from './index.js';
import type { GateRules } from './index.js';

const RULES: GateRules = { maxConcurrent: 2, maxWaiting: 4, maxWaitMs: 500 };
const never = new AbortController().signal;

function rig(rules: GateRules = RULES) {
  const clock = createManualClock();
  const gate = new Gate(clock);
  const enter = (caller = 'a', target = 'p/m') => gate.enter({ target, caller, rules });
  const wait = (change: Partial<SlotRequest> & { readonly target?: string } = {}, signal = never) => {
    const { target = 'p/m', ...asking } = change;
    const full: SlotRequest = { caller: 'a', priority: 'normal', waitedMs: 0, leftMs: 60_000, ...asking };
    return gate.wait({ target, caller: full.caller, rules }, full, signal);
  };
  return { clock, gate, enter, wait };
}

/** Whether a wait has not ended yet. */
function isInLine(wait: Promise<unknown>): Promise<boolean> {
  return Promise.race([wait.then(() => false), Promise.resolve().then(() => true)]);
}

/** Calls that have taken so long, so that the gate knows. */
function teach({ clock, enter }: ReturnType<typeof rig>, heldMs: number): void {
  for (let call = 0; call < 50; call += 1) {
    const slot = enter();
    clock.advance(heldMs);
    slot?.release();
  }
}

describe('places', () => {
  it('are as many as the rules say, and come back by release, once', () => {
    const { enter, gate } = rig();
    const first = enter();
    enter();
    expect(enter()).toBeUndefined();
    first?.release();
    first?.release();
    expect(enter()).toBeDefined();
    expect([enter(), gate.inFlight]).toEqual([undefined, 2]);
  });

  it('are none where the rules say none, and nobody waits for one', async () => {
    const { enter, wait, clock } = rig({ maxConcurrent: 0, maxWaiting: 0, maxWaitMs: 500 });
    expect(enter()).toBeUndefined();
    expect(await wait()).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('follow the rules of who asks: after a change those of before and after share what is in flight', () => {
    const { enter, gate } = rig();
    enter();
    enter();
    const rules = { ...RULES, maxConcurrent: 3 };
    expect(gate.enter({ target: 'p/m', caller: 'a', rules })).toBeDefined();
    expect(gate.enter({ target: 'p/m', caller: 'a', rules })).toBeUndefined();
  });
});

describe('who waits', () => {
  it('gets the next place that is given back, without the timer of its wait', async () => {
    const { enter, wait, clock } = rig();
    const slot = enter();
    enter();
    const waiting = wait();
    expect(clock.pending).toBe(1);
    slot?.release();
    expect(await waiting).toBeDefined();
    expect(clock.pending).toBe(0);
  });

  it('gives up after the time of the rules, less what it has waited before', async () => {
    const { enter, wait, clock, gate } = rig();
    enter();
    enter();
    const [whole, rest] = [wait(), wait({ waitedMs: 400 })];
    clock.advance(100);
    expect(await rest).toBeUndefined();
    expect(gate.waiting).toBe(1);
    clock.advance(400);
    expect(await whole).toBeUndefined();
    expect(gate.counts).toEqual({ waits: 2, waitedMs: 600, refused: 2 });
  });

  it('gives up when the time of the request is over', async () => {
    const { enter, wait, clock } = rig();
    enter();
    enter();
    const waiting = wait({ leftMs: 50 });
    clock.advance(50);
    expect(await waiting).toBeUndefined();
  });

  it('leaves the line at once when its caller leaves, and the place goes to the next', async () => {
    const { enter, wait, gate, clock } = rig();
    const slot = enter();
    enter();
    const leaving = new AbortController();
    const [left, next] = [wait({}, leaving.signal), wait()];
    const reason = gatewayError('client_closed_request');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect(gate.waiting).toBe(1);
    slot?.release();
    expect(await next).toBeDefined();
    expect(clock.pending).toBe(0);
    await expect(wait({}, leaving.signal)).rejects.toBe(reason);
  });

  it('is refused at once beyond the length of the line', async () => {
    const { enter, wait, gate } = rig();
    enter();
    enter();
    for (let each = 0; each < 4; each += 1) void wait();
    expect(await wait()).toBeUndefined();
    expect(gate.waiting).toBe(4);
  });

  it('is refused at once where its turn would come too late by how long calls take', async () => {
    const setup = rig();
    teach(setup, 800);
    const { enter, wait, gate } = setup;
    enter();
    enter();
    // One place comes free every 400 ms.
    void wait();
    expect(await wait()).toBeUndefined();
    expect(gate.waiting).toBe(1);
  });

  it('goes before who has more calls under way, whatever it had before', async () => {
    const { enter, wait } = rig();
    const before = [enter('a'), enter('a')];
    for (const slot of before) slot?.release();
    const [, place] = [enter('b'), enter('c')];
    const [first, second] = [wait({ caller: 'b' }), wait({ caller: 'a' })];
    place?.release();
    expect(await second).toBeDefined();
    expect(await isInLine(first)).toBe(true);
  });

  it('takes the line of a caller that asks for more than its share', async () => {
    const { enter, wait } = rig();
    enter('flood');
    enter('flood');
    const flood = Array.from({ length: 4 }, () => wait({ caller: 'flood' }));
    const modest = wait({ caller: 'modest' });
    expect(await flood[3]).toBeUndefined();
    expect(await isInLine(modest)).toBe(true);
  });
});

it('tells how it stands, and when there may be room', () => {
  const setup = rig();
  const { gate, enter, wait } = setup;
  const view = () => gate.view({ target: 'p/m', rules: RULES });
  teach(setup, 1_000);
  enter();
  expect(view()).toEqual({ inFlight: 1, limit: 2, waiting: 0, retryAfterMs: 0 });
  enter();
  void wait();
  expect(view()).toMatchObject({ inFlight: 2, waiting: 1, retryAfterMs: 1_000 });
});

describe('a limit of each target', () => {
  const rules: GateRules = { maxConcurrent: 8, minConcurrent: 1, maxWaiting: 16, maxWaitMs: 60_000 };

  /** Calls that wait longer the more there are. */
  function crowd({ enter, clock }: ReturnType<typeof rig>, rounds: number): void {
    for (let round = 0; round < rounds; round += 1) {
      const slots: Slot[] = [];
      for (let slot = enter('a', 'p/slow'); slot; slot = enter('a', 'p/slow')) slots.push(slot);
      const waitMs = 100 + 400 * Math.max(0, slots.length - 2);
      clock.advance(waitMs);
      for (const slot of slots) slot.noteFirstToken(waitMs);
      for (const slot of slots) slot.release();
    }
  }

  it('falls where first tokens take longer the more calls there are, and leaves the other targets as they are', () => {
    const setup = rig(rules);
    const { gate, enter, clock } = setup;
    for (let call = 0; call < 60; call += 1) {
      const slot = enter('a', 'p/slow');
      clock.advance(100);
      slot?.noteFirstToken(100);
      slot?.release();
    }
    crowd(setup, 60);
    expect(gate.view({ target: 'p/slow', rules }).limit).toBeLessThan(5);
    expect(gate.view({ target: 'p/other', rules }).limit).toBe(8);
  });

  it('is no more than the other targets leave of the places', () => {
    const { gate, enter } = rig(rules);
    for (let call = 0; call < 5; call += 1) enter('a', 'p/x');
    enter('a', 'p/y');
    expect(gate.view({ target: 'p/x', rules })).toMatchObject({ inFlight: 5, limit: 7 });
    expect(gate.view({ target: 'p/y', rules })).toMatchObject({ inFlight: 1, limit: 3 });
  });

  it('keeps who waits for a full target from standing in the way of who wants another', async () => {
    const setup = rig({ ...rules, maxConcurrent: 2, minConcurrent: 1 });
    const { enter, wait, gate } = setup;
    const first = enter('a', 'p/x');
    enter('a', 'p/x');
    const [x, y] = [wait({ target: 'p/x' }), wait({ target: 'p/y' })];
    first?.release();
    expect(await x).toBeDefined();
    expect(await isInLine(y)).toBe(true);
    expect(gate.waiting).toBe(1);
  });
});

const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    caller: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
  }),
  fc.record({ kind: fc.constant('release' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('leave' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 500) }),
);

it('keeps to its bounds and settles every wait once, whatever callers do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
      const { gate, enter, wait, clock } = rig();
      const held: Slot[] = [];
      const controllers: AbortController[] = [];
      let [asked, settled] = [0, 0];
      for (const one of steps) {
        if (one.kind === 'ask') {
          const slot = enter(one.caller);
          if (slot) held.push(slot);
          else {
            asked += 1;
            const controller = new AbortController();
            controllers.push(controller);
            void wait(one, controller.signal).then(
              (late) => {
                settled += 1;
                if (late) held.push(late);
              },
              () => (settled += 1),
            );
          }
        } else if (one.kind === 'release') held.splice(one.pick % Math.max(1, held.length), 1)[0]?.release();
        else if (one.kind === 'leave')
          controllers[one.pick % Math.max(1, controllers.length)]?.abort(new Error('left'));
        else clock.advance(one.ms);
        for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
        expect(gate.inFlight).toBe(held.length);
        expect(gate.inFlight).toBeLessThanOrEqual(2);
        expect(gate.waiting).toBeLessThanOrEqual(4);
        // Nobody waits while there is room.
        expect(gate.waiting === 0 || gate.inFlight === 2).toBe(true);
      }
      clock.advance(500);
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
      expect([settled, gate.waiting, clock.pending]).toEqual([asked, 0, 0]);
    }),
  );
});
