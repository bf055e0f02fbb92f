import { expect, it } from 'vitest';
import { authRig, bearer } from './__fixtures__/auth-rig.js';
import { ADMIN, createKey } from './index.js';

const CALLS = 2_000;
const WARM_UP = 4_000;
/** dudect's bound: below it, two classes of inputs count as equally fast. */
const MAX_T = 4.5;
/** The counters of V8's coverage alone make a difference of a fiftieth, which is as certain as it is none of the code's. */
const MAX_SHARE = 0.04;

/**
 * Welch's t of two samples; 0 where their means are as good as the same. Their slowest twentieth is left out: it is the
 * machine's doing, not the code's.
 */
function welch(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [left, right].map((sample) => {
    const kept = sample.toSorted((x, y) => x - y).slice(0, Math.floor(sample.length * 0.95));
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  }) as [{ mean: number; error: number }, { mean: number; error: number }];
  if (Math.abs(a.mean / b.mean - 1) < MAX_SHARE) return 0;
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error);
}

it('A-34 G25: takes as long to refuse a revoked, expired or disabled key as one that never existed', async () => {
  const { admin, ask, auth, clock, tenancy } = authRig();
  const revoked = admin.create({ name: 'revoked' }, ADMIN);
  admin.revoke(revoked.record.id, ADMIN);
  const expired = admin.create({ name: 'expired', expiresAt: new Date(clock.now() + 1).toISOString() }, ADMIN);
  clock.advance(1);
  tenancy.teams.insert({ id: 'gone', org: 'default', name: 'Gone', createdAtMs: 0 });
  const disabled = admin.create({ name: 'disabled', team: 'gone' }, ADMIN);
  tenancy.teams.update({ id: 'gone', org: 'default', name: 'Gone', createdAtMs: 0, disabledAtMs: 1 });
  auth.refresh();
  const presented = [createKey('sk-sluice-'), revoked.key, expired.key, disabled.key].map(bearer);

  // A difference is there in every round; what else the machine does is not.
  let worst = Infinity;
  for (let round = 0; round < 5 && worst >= MAX_T; round += 1)
    worst = await measure(presented.map((one) => () => ask(one)));
  expect(worst).toBeLessThan(MAX_T);
});

/** The greatest |t| between the first of these works and each other. */
async function measure(works: readonly (() => Promise<unknown>)[]): Promise<number> {
  const durations: number[][] = works.map(() => []);
  for (let call = 0; call < WARM_UP + CALLS * works.length; call += 1) {
    // Taken in turns that rotate, so that whatever else the machine does meets all of them alike.
    const kind = (call + Math.floor(call / works.length)) % works.length;
    const startedNs = process.hrtime.bigint();
    await works[kind]!();
    const durationNs = Number(process.hrtime.bigint() - startedNs);
    if (call >= WARM_UP) durations[kind]!.push(durationNs);
  }

  const [unknown = [], ...others] = durations;
  return Math.max(...others.map((other) => Math.abs(welch(unknown, other))));
}
