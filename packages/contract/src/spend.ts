import type { UsageSource } from './ports.js';

/** What requests are told apart by. A day is one of the calendar in UTC, by when the request began. */
export const SPEND_GROUPS = [
  'day',
  'org',
  'team',
  'user',
  'endUser',
  'key',
  'provider',
  'model',
  'alias',
  'tag',
] as const;
/** By what requests are told apart. */
export type SpendGroup = (typeof SPEND_GROUPS)[number];

/** Which requests are counted: those that have ended. */
export interface SpendRange {
  readonly sinceMs?: number;
  /** Leaves out what began then or later. */
  readonly untilMs?: number;
  /** No row of the time that is asked for has an id before it, or one from `beforeId` on: spares reading the others. */
  readonly fromId?: string;
  readonly beforeId?: string;
  /** Of one organisation alone, whatever `only` says. */
  readonly tenant?: string;
  /** Of these alone; empty text for what has none. */
  readonly only?: Readonly<Partial<Record<Exclude<SpendGroup, 'day'>, string>>>;
}
/** Sums of requests, by groups. */
export interface SpendQuery extends SpendRange {
  /** Each of them once. A request with several tags counts in the group of each. */
  readonly by: readonly SpendGroup[];
  /** At most so many groups. Absent: all. */
  readonly limit?: number;
  /** `values` of the group after which to begin. */
  readonly after?: readonly SpendValue[];
}
/** A day is the number of days since 1970; everything else a text, empty where there is none. */
export type SpendValue = string | number;

export interface SpendSums {
  readonly requests: number;
  /** Of them, those that ended with an error, or whose caller left. */
  readonly failures: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  /** What attempts that lost a race are estimated to have cost, beside `costMicroUsd`. */
  readonly abandonedMicroUsd: number;
  /** Requests that were served, or used tokens, and whose cost is not known. */
  readonly unpriced: number;
  /** How many requests' usage comes from where. */
  readonly usageSources: Readonly<Record<UsageSource, number>>;
}
export interface SpendRow extends SpendSums {
  /** In the order of `by`. */
  readonly values: readonly SpendValue[];
  /** What a key was called; only where `by` has it. */
  readonly keyName?: string;
}

/** Sums over the ledger. Nothing of it runs on the event loop, but for the handing over of rows. */
export interface SpendRepository {
  /** In ascending order of their values, some at a time. Rejects with `storage_unavailable`, `overloaded`, or the signal's reason. */
  rows(query: SpendQuery, signal: AbortSignal): AsyncIterable<readonly SpendRow[], undefined>;
  /** Over every request once, however many tags it has. */
  total(range: SpendRange, signal: AbortSignal): Promise<SpendSums>;
}
