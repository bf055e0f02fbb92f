import type { z } from 'zod';
import type { FaultRule, faultRule } from '@sluice/simulator';

/** A line of a fault script as it is written. */
export type WrittenRule = z.input<typeof faultRule>;

/** How a provider is out of reach. */
export interface Outage {
  /** Its machine refuses connections, drops what is sent to it, or its name leads nowhere. */
  readonly how: 'refused' | 'black-hole' | 'no-address';
  /** How long; for good where absent. */
  readonly forMs?: number;
  /** Comes and goes: down for so long, then up for so long. */
  readonly flapMs?: number;
}

/** What is asked of an alias. */
export interface AskPlan {
  /** Requests of each kind, streams and plain answers in turn. */
  readonly times: number;
  readonly kinds: readonly AnswerKind[];
  /** From the start of one to the start of the next, which also waits for the end of the one before. */
  readonly everyMs: number;
  /** So many of them are sent at the same moment; 1 where absent. */
  readonly atOnce?: number;
  /** The callers of streams leave after the first words. */
  readonly leaves?: boolean;
}
export type AnswerKind = 'stream' | 'plain';

/** Something that providers do on a bad day. */
export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** The rows of the fault matrix that it shows. */
  readonly rows: readonly string[];
  /** Who is struck: the provider of an alias's first target, every provider, or nobody. */
  readonly at: 'first' | 'all' | 'none';
  /** What those who are struck do. */
  readonly faults?: readonly FaultRule[];
  /** What the others do. */
  readonly elsewhere?: readonly FaultRule[];
  readonly outage?: Outage;
  /** By how much the machine's clock is set, after a third of the requests. */
  readonly wallStepMs?: number;
  readonly asks: AskPlan;
  /** The scenario of the public benchmark that it rebuilds. */
  readonly benchmark?: BenchmarkId;
}

/** Of failoverbench, methodology 0.1: https://github.com/failoverbench/failoverbench/blob/main/README.md */
export type BenchmarkId = `S${'01' | '02' | '03' | '04' | '05' | '06' | '07' | '08'}` | LaterBenchmarkId;
type LaterBenchmarkId = `S${'09' | '10' | '11' | '12' | '13' | '14' | '15' | '16'}`;

/** Three streams and three plain answers, in turn, a second apart. */
export const USUAL: AskPlan = { times: 3, kinds: ['stream', 'plain'], everyMs: 1_000 };
