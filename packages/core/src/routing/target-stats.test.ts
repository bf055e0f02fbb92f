import { gatewayError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetStats, TargetStatsTable, verdictOn } from './target-stats.js';

/** A call that began at `atMs` and was answered after `tookMs`. */
function answered(stats: TargetStats, atMs: number, tookMs: number): void {
  stats.begin('stream', atMs);
  stats.answered('stream', tookMs, atMs + tookMs);
  stats.end('ok', atMs + tookMs);
}

describe('what is expected of a target', () => {
  it('is not known before a call was answered', () => {
    const stats = new TargetStats();
    expect(stats.expectedMs('stream', 0)).toBeUndefined();
    stats.begin('stream', 0);
    stats.gaveUp('stream', 5_000, 5_000);
    expect(stats.expectedMs('stream', 5_000)).toBeUndefined();
  });

  it('is what the first call took', () => {
    const stats = new TargetStats();
    answered(stats, 0, 300);
    expect(stats.expectedMs('stream', 10_000)).toBe(300);
  });

  it('is not the same for streams and plain answers', () => {
    const stats = new TargetStats();
    answered(stats, 0, 300);
    expect(stats.expectedMs('plain', 300)).toBeUndefined();
  });

  it('lies between the least and the most that calls took', () => {
    const took = fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 20_000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(took, (calls) => {
        const stats = new TargetStats();
        let nowMs = 0;
        for (const [tookMs, pauseMs] of calls) {
          answered(stats, nowMs, tookMs);
          nowMs += tookMs + pauseMs;
        }
        const expected = stats.expectedMs('stream', nowMs) ?? Number.NaN;
        const all = calls.map(([tookMs]) => tookMs);
        expect(expected).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6);
        expect(expected).toBeLessThanOrEqual(Math.max(...all) + 1e-6);
      }),
    );
  });

  it('is nearly the newest after a silence, and hardly moved by one of many', () => {
    const [silent, busy] = [new TargetStats(), new TargetStats()];
    answered(silent, 0, 100);
    answered(silent, 30_000, 1_000);
    expect(silent.expectedMs('stream', 31_000)).toBeGreaterThan(990);
    for (let at = 0; at < 1_000; at += 10) answered(busy, at, 100);
    answered(busy, 100, 1_000);
    expect(busy.expectedMs('stream', 2_000)).toBeLessThan(300);
  });

  it('grows while nothing comes for those who wait, and falls back with the next answer', () => {
    const stats = new TargetStats();
    answered(stats, 0, 100);
    stats.begin('stream', 1_000);
    stats.begin('stream', 1_500);
    expect(stats.expectedMs('stream', 1_050)).toBe(100);
    expect(stats.expectedMs('stream', 1_900)).toBe(900);
    stats.answered('stream', 400, 1_900);
    expect(stats.expectedMs('stream', 1_900)).toBeLessThan(400);
  });

  it('rises by a wait that was given up, and never falls by one', () => {
    const stats = new TargetStats();
    answered(stats, 0, 1_000);
    stats.begin('stream', 1_000);
    stats.gaveUp('stream', 10, 1_010);
    expect(stats.expectedMs('stream', 1_010)).toBe(1_000);
    stats.begin('stream', 1_010);
    stats.gaveUp('stream', 8_000, 9_010);
    expect(stats.expectedMs('stream', 9_010)).toBeGreaterThan(1_000);
  });
});

describe('calls in flight', () => {
  it('are counted from their begin to their end, whatever that is', () => {
    const stats = new TargetStats();
    for (const verdict of ['ok', 'failed', undefined] as const) {
      stats.begin('plain', 0);
      expect(stats.inFlight).toBe(1);
      stats.gaveUp('plain', 1, 1);
      stats.end(verdict, 1);
      expect(stats.inFlight).toBe(0);
    }
  });
});

describe('the share of failures', () => {
  it('moves with verdicts alone', () => {
    const stats = new TargetStats();
    const end = (verdict: 'ok' | 'failed' | undefined, atMs: number): number => {
      stats.begin('plain', atMs);
      stats.end(verdict, atMs);
      return stats.errorShare;
    };
    expect(end(undefined, 0)).toBe(0);
    expect(end('failed', 0)).toBe(1);
    expect(end(undefined, 60_000)).toBe(1);
    expect(end('ok', 60_000)).toBeLessThan(0.01);
  });

  it('takes what the request did wrong for no failure of the target', () => {
    expect(verdictOn(gatewayError('upstream_rejected'))).toBeUndefined();
    expect(verdictOn(gatewayError('upstream_timeout'))).toBe('failed');
  });
});

describe('the table of targets', () => {
  it('has one entry for each name', () => {
    const table = new TargetStatsTable();
    expect(table.find('a/m')).toBeUndefined();
    expect(table.of('a/m')).toBe(table.of('a/m'));
    expect(table.find('a/m')).toBe(table.of('a/m'));
  });

  it('forgets the one that was not used for the longest time, when callers make up names', () => {
    const table = new TargetStatsTable();
    table.of('busy/m').begin('plain', 5);
    for (let i = 0; i < 5_000; i += 1) table.of(`made/up-${i}`).begin('plain', 1);
    expect(table.find('made/up-0')).toBeUndefined();
    expect(table.find('made/up-4999')).toBeDefined();
    expect(table.find('busy/m')).toBeDefined();
  });
});
