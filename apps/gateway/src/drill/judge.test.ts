import { describe, expect, it } from 'vitest';
import type { AttemptRecord, RequestRecord } from '@sluice/contract';
import type { Ending, Seen } from './caller.js';
import { judge } from './judge.js';
import type { AliasRun } from './run-scenario.js';

const HEALTHY = { stream: 1_580, plain: 1_580 };
const FAILED: AttemptRecord = { provider: 'a', model: 'm', errorCode: 'upstream_timeout', durationMs: 1 };
const GOOD: AttemptRecord = { provider: 'b', model: 'm', durationMs: 1 };

interface Told {
  readonly ending: Ending;
  readonly totalMs?: number;
  readonly attempts?: readonly AttemptRecord[];
}

function run(told: readonly Told[], more: Partial<AliasRun> = {}): AliasRun {
  return {
    alias: 'fast',
    struck: new Set(['a']),
    leftOpen: 0,
    sent: [{ provider: 'a', atMs: 0 }],
    startedMs: 0,
    asked: told.map(({ ending, totalMs = 1_580, attempts = [GOOD] }) => ({
      seen: seen(ending, totalMs),
      // Only its attempts are looked at.
      record: { attempts } as unknown as RequestRecord,
    })),
    ...more,
  };
}

function seen(ending: Ending, totalMs: number): Seen {
  const failed = { status: ending === 'error' ? 504 : 200, code: 'upstream_timeout' };
  const whole = { status: 200, target: 'b/m' };
  const rest = ending === 'error' || ending === 'error-event' ? failed : whole;
  return { requestId: 'x', kind: 'stream', ending, hasUsage: true, startedMs: 0, totalMs, ...rest };
}

const verdictOf = (told: readonly Told[], more: Partial<AliasRun> = {}) => judge(run(told, more), HEALTHY)[0]?.verdict;

describe('judge', () => {
  it.for([
    ['unaffected', [{ ending: 'whole' }]],
    ['slower', [{ ending: 'whole', totalMs: 1_700 }]],
    ['rescued', [{ ending: 'whole', attempts: [FAILED, GOOD] }]],
    ['partly-rescued', [{ ending: 'whole' }, { ending: 'error' }]],
    ['clean-errors', [{ ending: 'error' }, { ending: 'error-event' }]],
    ['let-go', [{ ending: 'left' }]],
    ['unclean', [{ ending: 'whole' }, { ending: 'hung' }]],
    ['unclean', [{ ending: 'cut' }]],
    ['unclean', [{ ending: 'garbled' }]],
  ] as const)('says %s', ([verdict, told]) => {
    expect(verdictOf(told)).toBe(verdict);
  });

  it('says that a provider which was not asked was not met', () => {
    expect(verdictOf([{ ending: 'whole' }], { sent: [{ provider: 'b', atMs: 0 }] })).toBe('not-met');
    expect(verdictOf([{ ending: 'whole' }], { sent: [], struck: new Set() })).toBe('unaffected');
  });

  it('counts a provider that is left talking as unclean, whatever callers saw', () => {
    const [result] = judge(run([{ ending: 'whole' }], { leftOpen: 1 }), HEALTHY);
    expect(result).toMatchObject({ verdict: 'unclean', unclean: ['a provider was left talking to nobody'] });
  });

  it('measures whole answers against a good day, and failures from the request', () => {
    const told = [
      { ending: 'whole', totalMs: 9_580 },
      { ending: 'whole', totalMs: 1_000 },
      { ending: 'error', totalMs: 8_000 },
      { ending: 'error-event', totalMs: 15_780, attempts: [FAILED, FAILED] },
    ] as const;
    expect(judge(run(told), HEALTHY)).toEqual([
      {
        alias: 'fast',
        kind: 'stream',
        verdict: 'partly-rescued',
        asked: 4,
        whole: 2,
        answeredBy: [{ target: 'b/m', count: 2 }],
        errors: [
          { code: 'upstream_timeout', status: 504, inStream: false, count: 1 },
          { code: 'upstream_timeout', status: 200, inStream: true, count: 1 },
        ],
        addedMs: 8_000,
        failedAfterMs: 15_780,
        mostAttempts: 2,
        unclean: [],
      },
    ]);
  });
});
