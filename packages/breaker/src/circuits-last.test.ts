import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { at, down, fail, openCircuit, probe } from './__fixtures__/scene.js';

type Parts = Awaited<ReturnType<typeof openCircuit>>;

/** A request that has nobody else to ask. Returns whether it was let through. */
async function need({ circuits }: Parts, verdict: 'succeed' | 'fail' | 'forget'): Promise<boolean> {
  const permit = circuits.admit(at('a'), true);
  if (verdict === 'fail') permit?.fail(down);
  else permit?.[verdict]();
  await setImmediate();
  return permit !== undefined;
}

/** One that trips within its rest of its return, so often. */
async function flapping(times: number): Promise<Parts> {
  const parts = await openCircuit();
  for (let i = 0; i < times; i += 1) {
    await probe(parts);
    await fail(parts.circuits, 5);
  }
  return parts;
}

describe('an open circuit, for a request that has nobody else to ask,', () => {
  it('lets through until the target has failed twice as often as opened it', async () => {
    const parts = await openCircuit();
    const through: boolean[] = [];
    for (let i = 0; i < 7; i += 1) through.push(await need(parts, 'fail'));
    expect(through).toEqual([true, true, true, true, true, false, false]);
    expect(parts.circuits.list()).toMatchObject([{ state: 'open', failures: 10 }]);
  });

  it('waits for the end of a stream, for a target may cut each of them', async () => {
    const parts = await openCircuit();
    for (let cuts = 1; cuts <= 5; cuts += 1) {
      const permit = parts.circuits.admit(at('a'), true);
      permit?.begin();
      await setImmediate();
      permit?.fail(down);
      await setImmediate();
      expect(parts.circuits.list()).toMatchObject([{ state: 'open', failures: 5 + cuts }]);
    }
    expect(parts.circuits.admit(at('a'), true)).toBeUndefined();
  });

  it('goes on refusing all others meanwhile', async () => {
    const parts = await openCircuit();
    await need(parts, 'forget');
    expect(parts.circuits.admit(at('a'))).toBeUndefined();
  });

  it('closes with the first answer', async () => {
    const parts = await openCircuit();
    await need(parts, 'fail');
    await need(parts, 'succeed');
    expect(parts.circuits.list()).toMatchObject([{ state: 'closed', failures: 0 }]);
  });

  it('closes though a probe is under way, and then does not heed the probe', async () => {
    const parts = await openCircuit();
    parts.clock.advance(500);
    const under = parts.circuits.admit(at('a'));
    await need(parts, 'succeed');
    under?.fail(down);
    await setImmediate();
    expect([under?.isProbe, parts.circuits.state('a'), parts.circuits.list()[0]?.failures]).toEqual([
      true,
      'closed',
      0,
    ]);
  });

  it('lets nobody but one probe through where the target is hopeless', async () => {
    const parts = await openCircuit();
    for (let i = 0; i < 5; i += 1) await need(parts, 'fail');
    parts.clock.advance(500);
    const permits = Array.from({ length: 500 }, () => parts.circuits.admit(at('a'), true));
    expect(permits.filter((permit) => permit !== undefined)).toHaveLength(1);
  });

  it('probes after the shortest rest, however long the target rests for its flapping', async () => {
    const parts = await flapping(6);
    for (let i = 0; i < 5; i += 1) await need(parts, 'fail');
    expect([parts.circuits.retryAfterMs('a'), parts.circuits.retryAfterMs('a', true)]).toEqual([30_000, 500]);
    parts.clock.advance(499);
    expect(await need(parts, 'succeed')).toBe(false);
    parts.clock.advance(1);
    expect(parts.circuits.admit(at('a'))).toBeUndefined();
    expect(await need(parts, 'succeed')).toBe(true);
    expect(parts.circuits.state('a')).toBe('closed');
  });

  it('does not take it for flapping when a target that was taken back out of need fails again', async () => {
    const parts = await flapping(6);
    await need(parts, 'succeed');
    await fail(parts.circuits, 5);
    expect(parts.circuits.retryAfterMs('a')).toBe(500);
  });

  it('ignores what is said of the time before it last opened', async () => {
    const parts = await openCircuit();
    const old = parts.circuits.admit(at('a'), true);
    await need(parts, 'succeed');
    await fail(parts.circuits, 5);
    old?.succeed();
    await setImmediate();
    expect(parts.circuits.state('a')).toBe('open');
  });

  it('lets nobody through whom an operator keeps out', async () => {
    const parts = await openCircuit();
    const before = parts.circuits.admit(at('a'), true);
    parts.circuits.forceOpen('a');
    before?.succeed();
    expect([await need(parts, 'succeed'), parts.circuits.state('a')]).toEqual([false, 'open']);
  });
});
