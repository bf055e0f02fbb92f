import { gatewayError } from '@sluice/contract';
import type { Admission, CounterStore, LimitRules, Principal, TurnRequest } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING, asking, bound, lastId } from './__fixtures__/asking.js';
import { createLimiter } from './index.js';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

interface Ask extends Partial<TurnRequest> {
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** A limiter on a real store, and requests of keys that all have these limits. */
function rig(limits: LimitRules, change: (store: CounterStore) => CounterStore = (store) => store) {
  const clock = createManualClock();
  const limiter = createLimiter({ store: change(createMemoryCounterStore({ clock })), clock });
  const principal = (keyId: string): Principal => ({
    kind: 'key',
    role: 'caller',
    keyId,
    keyName: keyId,
    tenant: 't',
    limits,
  });
  const ask = ({ key = 'k1', signal = never, priority = 'normal', leftMs = 600_000 }: Ask = {}): Promise<Admission> =>
    limiter.admitInTurn(asking(principal(key)), { priority, leftMs }, signal);
  /** But for the one that renews what requests hold. */
  const timers = (): number => clock.pending - Math.min(1, limiter.held);
  return { clock, limiter, ask, timers };
}

/** Everything that has to happen before time may pass. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

/** Whether a wait has not ended yet. */
async function isWaiting(wait: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  wait.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await settle();
  return !isOver;
}

const queue = { maxWaiting: 3, maxWaitMs: 90_000 };

describe('a request beyond the requests of a minute', () => {
  it('waits until the window begins anew', async () => {
    const { ask, clock, limiter, timers } = rig({ requestsPerMinute: 1, queue });
    await ask();
    clock.advance(10_000);
    const second = ask();
    expect(await isWaiting(second)).toBe(true);
    clock.advance(49_999);
    expect(await isWaiting(second)).toBe(true);
    clock.advance(1);
    expect((await second).headers).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
    expect([timers(), limiter.turns]).toEqual([0, { waiting: 0, waits: 1, waitedMs: 50_000, refused: 0 }]);
  });

  it('is refused at once where its window would be too late, with the time of its turn', async () => {
    const { ask, clock, limiter } = rig({ requestsPerMinute: 1, queue });
    await ask();
    clock.advance(10_000);
    // The second minute has room for this one, the third for the next, and that is too late.
    const second = ask();
    expect(await isWaiting(second)).toBe(true);
    await expect(ask()).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      details: { retryAfterMs: 50_000 + MINUTE_MS },
    });
    expect(limiter.turns).toMatchObject({ waiting: 1, refused: 1 });
  });

  it('is refused at once where nothing is allowed', async () => {
    const { ask, timers } = rig({ requestsPerMinute: 0, queue });
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    expect(timers()).toBe(0);
  });

  it('goes before none that came earlier, though there is room for both when it comes', async () => {
    const { ask, clock } = rig({ requestsPerMinute: 2, queue });
    await ask();
    await ask();
    const order: string[] = [];
    const first = ask().then(() => order.push('first'));
    await settle();
    clock.advance(MINUTE_MS);
    const second = ask().then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });
});

describe('a request beyond those in flight', () => {
  it('waits until one of the key has ended', async () => {
    const { ask, timers } = rig({ concurrent: 1, queue });
    const first = await ask();
    const second = ask();
    expect(await isWaiting(second)).toBe(true);
    first.settle(NOTHING);
    expect((await second).headers).toEqual({});
    expect(timers()).toBe(0);
  });

  it('does not wait for those of another key', async () => {
    const { ask } = rig({ concurrent: 1, queue });
    await ask({ key: 'a' });
    const waiting = ask({ key: 'a' });
    expect(await isWaiting(waiting)).toBe(true);
    expect(await isWaiting(ask({ key: 'b' }))).toBe(false);
  });

  it('finds room that another process has made within a second', async () => {
    let store: CounterStore | undefined;
    const { ask, clock } = rig({ concurrent: 1, queue }, (own) => (store = own));
    await ask();
    const waiting = ask();
    expect(await isWaiting(waiting)).toBe(true);
    await store?.settle(lastId(1), {});
    clock.advance(1_000);
    expect(await isWaiting(waiting)).toBe(false);
  });

  it('is refused after its time, as it would have been at once', async () => {
    const { ask, clock, timers } = rig({ concurrent: 1, queue });
    await ask();
    const [long, short] = [ask(), ask({ leftMs: 500 })];
    await settle();
    clock.advance(500);
    await expect(short).rejects.toMatchObject({ code: 'concurrency_limit_exceeded', details: { retryAfterMs: 1_000 } });
    expect(await isWaiting(long)).toBe(true);
    clock.advance(90_000);
    await expect(long).rejects.toMatchObject({ code: 'concurrency_limit_exceeded' });
    expect(timers()).toBe(0);
  });

  it('is refused at once beyond the length of the line, but for one that is more urgent', async () => {
    const { ask } = rig({ concurrent: 1, queue });
    const held = await ask();
    const line = [ask({ priority: 'low' }), ask({ priority: 'low' }), ask()];
    await settle();
    await expect(ask({ priority: 'low' })).rejects.toMatchObject({ code: 'concurrency_limit_exceeded' });
    const urgent = ask({ priority: 'high' });
    await expect(line[1]).rejects.toMatchObject({ code: 'concurrency_limit_exceeded' });
    held.settle(NOTHING);
    (await urgent).settle(NOTHING);
    ((await line[2]) as Admission).settle(NOTHING);
    ((await line[0]) as Admission).settle(NOTHING);
  });

  it('leaves the line at once when its caller leaves', async () => {
    const { ask, limiter, timers } = rig({ concurrent: 1, queue });
    const held = await ask();
    const leaving = new AbortController();
    const [left, next] = [ask({ signal: leaving.signal }), ask()];
    await settle();
    const reason = gatewayError('client_closed_request');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect(limiter.turns.waiting).toBe(1);
    held.settle(NOTHING);
    (await next).settle(NOTHING);
    expect(timers()).toBe(0);
  });
});

it('a store that fails while requests wait fails them, one after the other', async () => {
  let fails = false;
  const { ask } = rig({ concurrent: 1, queue }, (store) => ({
    ...bound(store),
    reserve: (id, claims, signal) => (fails ? Promise.reject(new Error('lost')) : store.reserve(id, claims, signal)),
  }));
  const held = await ask();
  const waiting = [ask(), ask()];
  await settle();
  fails = true;
  held.settle(NOTHING);
  for (const each of waiting) await expect(each).rejects.toMatchObject({ code: 'limiter_unavailable' });
});

it('what is reserved when everybody has just left is given back', async () => {
  let release: (() => void) | undefined;
  const { ask } = rig({ concurrent: 1, queue }, (store) => ({
    ...bound(store),
    reserve: async (id, claims, signal) => {
      if (release === undefined && claims.length > 0) return store.reserve(id, claims, signal);
      await new Promise<void>((resolve) => (release = resolve));
      return store.reserve(id, claims, signal);
    },
  }));
  const held = await ask();
  const leaving = new AbortController();
  const left = ask({ signal: leaving.signal });
  await settle();
  release = () => undefined;
  held.settle(NOTHING);
  await settle();
  leaving.abort(gatewayError('client_closed_request'));
  await expect(left).rejects.toMatchObject({ code: 'client_closed_request' });
  const goOn = release;
  release = undefined;
  goOn();
  await settle();
  expect(await isWaiting(ask())).toBe(false);
});

/** In steps of less than a lease, after each of which everything goes on that can. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    clock.advance(Math.min(left, 10_000));
    await settle();
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    key: fc.constantFrom('a', 'b'),
    priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
  }),
  fc.record({ kind: fc.constant('release' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('leave' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 1_000, 30_000, 60_000) }),
);

it('keeps to the limits, settles every request once and leaves no timer, whatever callers do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), async (steps) => {
      const { ask, clock, limiter, timers } = rig({ requestsPerMinute: 5, concurrent: 2, queue });
      const held: { readonly key: string; readonly admission: Admission }[] = [];
      const controllers: AbortController[] = [];
      let [asked, settled] = [0, 0];
      for (const one of steps) {
        if (one.kind === 'ask') {
          const controller = new AbortController();
          controllers.push(controller);
          asked += 1;
          void ask({ ...one, signal: controller.signal })
            .then((admission) => void held.push({ key: one.key, admission }))
            .catch(() => undefined)
            .finally(() => (settled += 1));
        } else if (one.kind === 'release')
          held.splice(one.pick % Math.max(1, held.length), 1)[0]?.admission.settle(NOTHING);
        else if (one.kind === 'leave')
          controllers[one.pick % Math.max(1, controllers.length)]?.abort(new Error('left'));
        else await pass(clock, one.ms);
        await settle();
        for (const key of ['a', 'b']) expect(held.filter((each) => each.key === key).length).toBeLessThanOrEqual(2);
        expect(limiter.turns.waiting).toBeLessThanOrEqual(6);
      }
      for (let minute = 0; minute < 3; minute += 1) {
        await pass(clock, MINUTE_MS);
      }
      expect([settled, limiter.turns.waiting, timers()]).toEqual([asked, 0, 0]);
    }),
    { numRuns: 60 },
  );
});
