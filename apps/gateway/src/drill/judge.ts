import type { Seen } from './caller.js';
import type { AliasRun, Asked } from './run-scenario.js';
import type { AnswerKind } from './scenario.js';

/** What a scenario came to for the callers of one alias. */
export type Verdict =
  /** Every answer whole, and no later than on a good day. */
  | 'unaffected'
  /** Every answer whole; some took longer, but none was tried again. */
  | 'slower'
  /** Every answer whole, after an attempt that failed. */
  | 'rescued'
  /** Some whole, the others clean errors. */
  | 'partly-rescued'
  /** No answer; every caller was told so in good form. */
  | 'clean-errors'
  /** The callers left, and so did the gateway. */
  | 'let-go'
  /** A caller waited for ever, took a cut answer for a whole one, or got what no client can read. */
  | 'unclean'
  /** The provider at fault was not asked. */
  | 'not-met';

/** Answers of one target. */
export interface AnsweredBy {
  readonly target: string;
  readonly count: number;
}

/** Failures of one kind, as callers saw them. */
export interface ErrorsSeen {
  readonly code: string;
  /** 200 where the answer had begun. */
  readonly status: number;
  /** Told by an event, after the beginning of an answer. */
  readonly inStream: boolean;
  readonly count: number;
}

export interface AliasResult {
  readonly alias: string;
  readonly kind: AnswerKind;
  readonly verdict: Verdict;
  readonly asked: number;
  /** How many got a whole answer. */
  readonly whole: number;
  readonly answeredBy: readonly AnsweredBy[];
  readonly errors: readonly ErrorsSeen[];
  /** How much longer than on a good day the slowest whole answer took; absent where there was none. */
  readonly addedMs?: number;
  /** How long the slowest failure took; absent where there was none. */
  readonly failedAfterMs?: number;
  /** Of the request that needed most. */
  readonly mostAttempts: number;
  /** What is wrong with those that were unclean. */
  readonly unclean: readonly string[];
}

/** On a good day. */
export type Healthy = Readonly<Record<AnswerKind, number>>;

/** What callers would say of a run, streams and plain answers apart. */
export function judge(run: AliasRun, healthy: Healthy): readonly AliasResult[] {
  return (['stream', 'plain'] as const).flatMap((kind) => {
    const asked = run.asked.filter(({ seen }) => seen.kind === kind);
    return asked.length === 0 ? [] : [judgeKind(asked, run, healthy[kind])];
  });
}

function judgeKind(asked: readonly Asked[], run: AliasRun, healthyMs: number): AliasResult {
  const seen = asked.map((one) => one.seen);
  const whole = seen.filter(({ ending }) => ending === 'whole');
  const failed = seen.filter(({ ending }) => ending === 'error' || ending === 'error-event');
  const addedMs = longest(whole, ({ totalMs }) => Math.max(0, totalMs - healthyMs));
  const failedAfterMs = longest(failed, ({ totalMs }) => totalMs);
  const unclean = [...new Set([...seen.flatMap(toComplaint), ...(run.leftOpen > 0 ? [LEFT_OPEN] : [])])];
  const result = {
    alias: run.alias,
    kind: seen[0]?.kind ?? 'plain',
    asked: asked.length,
    whole: whole.length,
    answeredBy: countTargets(whole),
    errors: countErrors(failed),
    ...(addedMs !== undefined && { addedMs }),
    ...(failedAfterMs !== undefined && { failedAfterMs }),
    mostAttempts: longest(asked, ({ record }) => record?.attempts.length ?? 0) ?? 0,
    unclean,
  };
  return { ...result, verdict: toVerdict(result, asked, run) };
}

const LEFT_OPEN = 'a provider was left talking to nobody';

const COMPLAINTS: Readonly<Record<string, string>> = {
  hung: 'no end within the configured time and a minute more',
  cut: 'a cut answer that looked whole',
  garbled: 'an answer that no client can read',
};

function toComplaint({ ending }: Seen): readonly string[] {
  const complaint = COMPLAINTS[ending];
  return complaint === undefined ? [] : [complaint];
}

function toVerdict(result: Omit<AliasResult, 'verdict'>, asked: readonly Asked[], run: AliasRun): Verdict {
  if (result.unclean.length > 0) return 'unclean';
  if (asked.every(({ seen }) => seen.ending === 'left')) return 'let-go';
  if (run.struck.size > 0 && !run.sent.some(({ provider }) => run.struck.has(provider))) return 'not-met';
  if (result.whole === 0) return 'clean-errors';
  if (result.whole < result.asked) return 'partly-rescued';
  if (asked.some(({ record }) => record?.attempts.some(({ errorCode }) => errorCode !== undefined))) return 'rescued';
  return (result.addedMs ?? 0) >= 1 ? 'slower' : 'unaffected';
}

function longest<T>(all: readonly T[], measure: (one: T) => number): number | undefined {
  return all.length === 0 ? undefined : Math.max(...all.map(measure));
}

function countTargets(seen: readonly Seen[]): readonly AnsweredBy[] {
  return [...Map.groupBy(seen, ({ target = 'unknown' }) => target)]
    .map(([target, { length }]) => ({ target, count: length }))
    .toSorted((a, b) => b.count - a.count);
}

function countErrors(seen: readonly Seen[]): readonly ErrorsSeen[] {
  const kinds = Map.groupBy(seen, ({ status, code, ending }) => `${status} ${code ?? ''} ${ending}`);
  return [...kinds.values()].map((all) => ({
    code: all[0]?.code ?? 'unknown',
    status: all[0]?.status ?? 0,
    inStream: all[0]?.ending === 'error-event',
    count: all.length,
  }));
}
