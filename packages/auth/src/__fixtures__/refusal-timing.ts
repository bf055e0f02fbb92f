/**
 * Prints how sure it is that some key is refused in another time than one that never existed: the greatest |t|, of the first
 * round in which it is below the bound, or of the last of five. A process of its own, for what counts the coverage of tests
 * counts less in one branch than in another.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@sluice/store-sqlite';
import { ADMIN, createKey, createKeyAdmin, createKeyAuthenticator } from '../index.js';

const CALLS = 2_000;
const WARM_UP = 4_000;
const MAX_T = Number(process.argv[2]);
const ROUNDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'sluice-timing-'));
const store = openSqliteStore({ path: join(folder, 'sluice.db') });
try {
  const works = refusals();
  // A difference is there in every round; what else the machine does is not.
  let worst = Infinity;
  for (let round = 0; round < ROUNDS && worst >= MAX_T; round += 1) worst = await measure(works);
  process.stdout.write(String(worst));
} finally {
  store.close();
  rmSync(folder, { recursive: true, force: true });
}

/** First that of a key that never existed, then those of one that is revoked, has expired, and is disabled. */
function refusals(): readonly (() => Promise<unknown>)[] {
  let nowMs = 1_700_000_000_000;
  const clock = { now: () => nowMs, monotonic: () => nowMs, after: () => () => undefined };
  const { keys, tenancy } = store;
  const deps = { keys, tenancy, clock, pepper: 'pepper-of-this-test', profiles: {} };
  const admin = createKeyAdmin({ ...deps, prefix: 'sk-sluice-' });
  const auth = createKeyAuthenticator({ ...deps, adminKeyOnDataPlane: true });
  const revoked = admin.create({ name: 'revoked' }, ADMIN);
  admin.revoke(revoked.record.id, ADMIN);
  const expired = admin.create({ name: 'expired', expiresAt: new Date(nowMs + 1).toISOString() }, ADMIN);
  nowMs += 1;
  tenancy.teams.insert({ id: 'gone', org: 'default', name: 'Gone', createdAtMs: 0 });
  const disabled = admin.create({ name: 'disabled', team: 'gone' }, ADMIN);
  tenancy.teams.update({ id: 'gone', org: 'default', name: 'Gone', createdAtMs: 0, disabledAtMs: 1 });
  auth.refresh();
  const { signal } = new AbortController();
  return [createKey('sk-sluice-'), revoked.key, expired.key, disabled.key].map((key) => {
    const headers = { authorization: `Bearer ${key}` };
    return async () => {
      const isRefused = await auth.authenticate({ headers }, signal).then(
        () => false,
        () => true,
      );
      if (!isRefused) throw new Error('A key was taken that is to be refused.');
    };
  });
}

/** Welch's t of two samples. Their slowest twentieth is left out: it is the machine's doing, not the code's. */
function welch(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [left, right].map((sample) => {
    const kept = sample.toSorted((x, y) => x - y).slice(0, Math.floor(sample.length * 0.95));
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  }) as [{ mean: number; error: number }, { mean: number; error: number }];
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error);
}

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
