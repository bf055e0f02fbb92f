import type { Seen } from './caller.js';
import type { AliasRun } from './run-scenario.js';
import type { BenchmarkId } from './scenario.js';

/**
 * As the benchmark scores a cell. `pass`: the caller got all of the answer (of S13, the error that is due), and the
 * conduct was right. `partial`: the same, but something that is advised was not done. `safe`: a clean error in bounded
 * time. `fail`: a hang, a cut answer that looks whole, or conduct that is wrong.
 * https://github.com/failoverbench/failoverbench/blob/main/METHODOLOGY.md
 */
export type BenchmarkVerdict = 'pass' | 'partial' | 'safe' | 'fail';

export interface BenchmarkScore {
  readonly id: BenchmarkId;
  readonly verdict: BenchmarkVerdict;
  /** What kept it from a better one. */
  readonly notes: readonly string[];
}

/** What checks look at. */
interface Evidence {
  readonly first: Seen;
  readonly all: readonly Seen[];
  /** When the provider at fault was asked, from the beginning. */
  readonly asksMs: readonly number[];
  /** Whether a healthy request was answered afterwards. */
  readonly isAlive: boolean;
  /** Whether there is anybody else to ask. */
  readonly hasFallback: boolean;
  /** Answers of the provider at fault, by when they were asked for, from the beginning. */
  readonly servedMs: readonly number[];
  readonly struck: ReadonlySet<string>;
}

interface Check {
  readonly note: string;
  readonly isAdvice?: boolean;
  holds(evidence: Evidence): boolean;
}

interface Rules {
  /** Past this an answer hangs. */
  readonly endsWithinMs: number;
  readonly checks: readonly Check[];
}

const required = (note: string, holds: Check['holds']): Check => ({ note, holds });
const advised = (note: string, holds: Check['holds']): Check => ({ note, holds, isAdvice: true });

const endsIn = (ms: number): Check => required(`it took more than ${ms / 1_000} s`, ({ first }) => first.totalMs <= ms);
const asksAtMost = (count: number): Check =>
  required(`the provider was asked more than ${count} times`, ({ asksMs }) => asksMs.length <= count);
const within = (ms: number, asks: readonly number[]): number =>
  asks.filter((atMs) => atMs - (asks[0] ?? 0) < ms).length;
const alive = required('a healthy request failed afterwards', ({ isAlive }) => isAlive);
const hasUsage = advised('no usage was told', ({ first }) => first.ending !== 'whole' || first.hasUsage);
const askedOnce = required('the provider was asked again', ({ asksMs }) => asksMs.length === 1);

const OUTAGE_MS = 60_000;
const RETURN_MS = 30_000;

const RULES: Readonly<Record<BenchmarkId, Rules>> = {
  S01: {
    endsWithinMs: 20_000,
    checks: [
      required('it hammered', ({ asksMs }) => within(1_500, asksMs) <= 2),
      advised(
        'Retry-After was not waited out at the same provider',
        ({ asksMs: [first = 0, second = 0] }) => second - first >= 1_800,
      ),
    ],
  },
  S02: {
    endsWithinMs: 40_000,
    checks: [required('it hammered', ({ asksMs }) => within(3_000, asksMs) <= 4), asksAtMost(6)],
  },
  S03: {
    endsWithinMs: 20_000,
    checks: [advised('the provider was not asked again', ({ asksMs }) => asksMs.length >= 2)],
  },
  S04: { endsWithinMs: 40_000, checks: [asksAtMost(6)] },
  S05: { endsWithinMs: 20_000, checks: [] },
  S06: {
    endsWithinMs: 130_000,
    checks: [endsIn(100_000), advised('the silent provider was asked again', ({ asksMs }) => asksMs.length <= 1)],
  },
  S07: {
    endsWithinMs: 60_000,
    checks: [
      advised(
        'no limit on the first token led to another target',
        ({ first, hasFallback }) => !hasFallback || first.totalMs <= 15_000,
      ),
    ],
  },
  S08: { endsWithinMs: 40_000, checks: [] },
  S09: { endsWithinMs: 70_000, checks: [endsIn(45_000), alive] },
  S10: {
    endsWithinMs: 30_000,
    checks: [alive, advised('the answer was not saved', ({ first }) => first.ending === 'whole')],
  },
  S11: { endsWithinMs: 30_000, checks: [endsIn(8_000), hasUsage] },
  S12: { endsWithinMs: 20_000, checks: [askedOnce] },
  S13: { endsWithinMs: 20_000, checks: [askedOnce] },
  S14: {
    endsWithinMs: 40_000,
    checks: [required('the refused continuation hid the cut', ({ first }) => first.code !== 'upstream_rejected')],
  },
  S15: {
    endsWithinMs: 30_000,
    checks: [
      required(
        'a request during the outage was not answered',
        ({ all, hasFallback }) => !hasFallback || all.every(({ ending }) => ending === 'whole'),
      ),
      required(
        'it did not return to the provider within 30 s',
        ({ servedMs, hasFallback }) =>
          !hasFallback || servedMs.some((atMs) => atMs >= OUTAGE_MS && atMs <= OUTAGE_MS + RETURN_MS),
      ),
    ],
  },
  S16: {
    endsWithinMs: 40_000,
    checks: [
      required(
        'another model was told than that which answered',
        ({ first, struck, hasFallback }) => !hasFallback || first.ending !== 'whole' || tellsOther(first, struck),
      ),
      hasUsage,
      asksAtMost(6),
    ],
  },
};

function tellsOther({ target = '', model = '' }: Seen, struck: ReadonlySet<string>): boolean {
  const slash = target.indexOf('/');
  return !struck.has(target.slice(0, slash)) && target.slice(slash + 1) === model;
}

/** Scores a run of a scenario of the benchmark, as the benchmark would. */
export function score(id: BenchmarkId, run: AliasRun, hasFallback: boolean): BenchmarkScore {
  const { endsWithinMs, checks } = RULES[id];
  const evidence = gather(run, hasFallback);
  const { all } = evidence;
  const broken = checks.filter((check) => !check.holds(evidence));
  const wrong = [
    ...(all.some(({ ending, totalMs }) => ending === 'hung' || totalMs > endsWithinMs) ? ['it hung'] : []),
    ...(all.some(({ ending }) => ending === 'cut') ? ['a cut answer looked whole'] : []),
    ...(all.some(({ ending }) => ending === 'garbled') ? ['the answer cannot be read'] : []),
    ...broken.filter(({ isAdvice }) => !isAdvice).map(({ note }) => note),
  ];
  const isRescued = all.every(({ ending }) => (ending === 'whole') === (id !== 'S13'));
  const notes = broken.filter(({ isAdvice }) => isAdvice).map(({ note }) => note);
  if (wrong.length > 0) return { id, verdict: 'fail', notes: wrong };
  if (isRescued) return { id, verdict: notes.length > 0 ? 'partial' : 'pass', notes };
  if (id === 'S13') return { id, verdict: 'partial', notes: ['another target answered what one had refused'] };
  return { id, verdict: 'safe', notes };
}

function gather({ asked, after, sent, struck, startedMs }: AliasRun, hasFallback: boolean): Evidence {
  const all = asked.map(({ seen }) => seen);
  const [first] = all;
  if (!first) throw new Error('Nothing was asked.');
  const served = all.filter(({ ending, target = '' }) => ending === 'whole' && struck.has(target.split('/')[0] ?? ''));
  return {
    first,
    all,
    asksMs: sent.filter(({ provider }) => struck.has(provider)).map(({ atMs }) => atMs - startedMs),
    isAlive: after?.seen.ending === 'whole',
    hasFallback,
    servedMs: served.map((seen) => seen.startedMs - startedMs),
    struck,
  };
}
