import { setImmediate } from 'node:timers/promises';
import { gatewayError } from '@sluice/contract';
import type { ErrorDetails, GatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { admitted, at, down, setUp } from './__fixtures__/scene.js';

const refused = (upstreamStatus = 401): GatewayError =>
  gatewayError('upstream_auth_error', { details: { upstreamStatus } });
const limited = (details: ErrorDetails = {}): GatewayError => gatewayError('upstream_rate_limited', { details });

type Parts = ReturnType<typeof setUp>;

async function fail({ circuits }: Parts, error: GatewayError, isLast = false): Promise<void> {
  circuits.admit(at('a/m'), isLast)?.fail(error);
  await setImmediate();
}

/** Which of two keys at two models are let through. A permit that is given is given back. */
function open({ circuits }: Parts): string {
  const names = ['a/m', 'a/n'].flatMap((target) => [0, 1].map((key) => at(target, key)));
  const isOpen = names.filter((each) => {
    const permit = circuits.admit(each);
    permit?.forget();
    return !permit;
  });
  return isOpen.map(({ keyAtTarget }) => keyAtTarget).join(' ');
}

describe('the circuit of a key', () => {
  it.for([
    ['everywhere when it is refused', refused(401), 'a/m#0 a/n#0', 60_000],
    ['everywhere when its account has no money', refused(402), 'a/m#0 a/n#0', 60_000],
    ['at one model when that is forbidden to it', refused(403), 'a/m#0', 60_000],
    ['at one model when it is limited without a time', limited(), 'a/m#0', 5_000],
    ['nowhere when it is limited for a time: that is a rest', limited({ retryAfterMs: 2_000 }), '', 0],
    ['nowhere when the target fails', down, '', 0],
    ['nowhere when the request is at fault', gatewayError('upstream_rejected'), '', 0],
  ] as const)('opens %s', async ([, error, expected, restMs]) => {
    const parts = setUp();
    await fail(parts, error);
    expect([open(parts), parts.circuits.keyRetryAfterMs(at('a/m'))]).toEqual([expected, restMs]);
    expect([parts.circuits.keyRetryAfterMs(at('a/m', 1)), parts.circuits.state('a/m')]).toEqual([0, 'closed']);
  });

  it('is open before the next caller comes', () => {
    const { circuits } = setUp();
    admitted(circuits, 'a/m').fail(refused());
    expect(circuits.admit(at('a/m'))).toBeUndefined();
  });

  it('lets one probe through after its rest, and nobody else', async () => {
    const parts = setUp();
    await fail(parts, refused());
    parts.clock.advance(59_999);
    expect(parts.circuits.admit(at('a/m'))).toBeUndefined();
    parts.clock.advance(1);
    const permits = Array.from({ length: 500 }, () => parts.circuits.admit(at('a/m')));
    expect(permits.filter((permit) => permit !== undefined)).toHaveLength(1);
    expect([permits[0]?.isProbe, parts.circuits.admit(at('a/m', 1))?.isProbe]).toEqual([true, false]);
  });

  it.for([
    ['refused', refused(), [60_000, 120_000, 240_000, 300_000, 300_000]],
    ['limited', limited(), [5_000, 10_000, 20_000, 30_000, 30_000]],
  ] as const)('rests longer with each probe that is %s', async ([, error, expected]) => {
    const parts = setUp();
    const rests: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      await fail(parts, error);
      rests.push(parts.circuits.keyRetryAfterMs(at('a/m')));
      parts.clock.advance(rests.at(-1) ?? 0);
    }
    expect(rests).toEqual(expected);
  });

  it('closes when its probe succeeds, and then asks for nothing', async () => {
    const parts = setUp();
    await fail(parts, refused());
    parts.clock.advance(60_000);
    admitted(parts.circuits, 'a/m').succeed();
    await setImmediate();
    expect([open(parts), admitted(parts.circuits, 'a/m').isProbe]).toEqual(['', false]);
  });

  it.for([
    ['the target fails', down],
    ['the caller leaves', undefined],
  ] as const)('learns nothing of a probe when %s: the next one tries', async ([, error]) => {
    const parts = setUp();
    await fail(parts, refused());
    parts.clock.advance(60_000);
    const probe = admitted(parts.circuits, 'a/m');
    if (error) probe.fail(error);
    else probe.forget();
    await setImmediate();
    expect(admitted(parts.circuits, 'a/n').isProbe).toBe(true);
  });

  it('lets through who has nobody else to ask, and closes when that one is answered', async () => {
    const parts = setUp();
    await fail(parts, refused());
    for (let i = 0; i < 20; i += 1) await fail(parts, refused(), true);
    expect(open(parts)).toBe('a/m#0 a/n#0');
    parts.circuits.admit(at('a/m'), true)?.succeed();
    await setImmediate();
    expect(open(parts)).toBe('');
  });

  it('takes no place of the target that nobody uses', async () => {
    const parts = setUp();
    await fail(parts, refused());
    for (let i = 0; i < 5; i += 1) parts.circuits.admit(at('a/m', 1))?.fail(down);
    await setImmediate();
    parts.clock.advance(500);
    expect(parts.circuits.admit(at('a/m', 0))).toBeUndefined();
    expect(parts.circuits.admit(at('a/m', 1))?.isProbe).toBe(true);
  });

  it('gives back its place where the target has none', async () => {
    const parts = setUp();
    await fail(parts, refused());
    for (let i = 0; i < 5; i += 1) parts.circuits.admit(at('a/m', 1))?.fail(down);
    await setImmediate();
    parts.clock.advance(60_000);
    const probe = parts.circuits.admit(at('a/m', 1));
    expect([probe?.isProbe, parts.circuits.admit(at('a/m', 0))]).toEqual([true, undefined]);
    expect(parts.circuits.admit(at('a/n', 0))?.isProbe).toBe(true);
  });

  it('is one where a request names no model', async () => {
    const { circuits, clock } = setUp();
    const names = { target: 'a', key: 'a#0', keyAtTarget: 'a#0' };
    circuits.admit(names)?.fail(refused(403));
    clock.advance(60_000);
    circuits.admit(names)?.succeed();
    await setImmediate();
    expect(circuits.admit(names)?.isProbe).toBe(false);
  });

  it('is one of ten thousand at most, and those that have rested make room for others', () => {
    const { circuits, clock } = setUp();
    const refuse = (from: number, to: number): void => {
      for (let i = from; i < to; i += 1) circuits.admit(at(`b/made-up-${i}`))?.fail(limited());
    };
    const open = (): number => circuits.list().filter(({ of, state }) => of === 'key' && state === 'open').length;
    refuse(0, 10_001);
    const full = open();
    clock.advance(5_000);
    refuse(10_001, 10_003);
    expect([full, open()]).toEqual([10_000, 2]);
  });

  it('is kept while open, however many models are made up', async () => {
    const parts = setUp();
    await fail(parts, refused());
    for (let i = 0; i < 10_500; i += 1) {
      const names = at(`b/made-up-${i}`);
      parts.circuits.admit(names)?.fail(limited());
      parts.circuits.reset(names.keyAtTarget);
    }
    expect([open(parts), parts.circuits.list().filter(({ of }) => of === 'key').length]).toEqual([
      'a/m#0 a/n#0',
      expect.toSatisfy((many: number) => many <= 10_000),
    ]);
  });
});
