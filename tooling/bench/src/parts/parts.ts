/** A part of the gateway by itself, in the process's own CPU time. */
export interface Part {
  readonly name: PartName;
  readonly title: string;
  /** Highest CPU cost of a request in terms of what a chat costs the pass-through. */
  readonly limit: number;
  /** Highest median of what it adds to a request's time when nothing else is going on, in milliseconds. */
  readonly limitMs?: number;
}
export type PartName = 'auth' | 'admission';

export const PARTS: readonly Part[] = [
  { name: 'auth', title: 'auth of a known key, of 1,000', limit: 0.05 },
  { name: 'admission', title: 'admission and ledger', limit: 0.25, limitMs: 0.5 },
];

export interface PartMeasurement {
  readonly cpuUs: number;
  /** Median of one at a time. */
  readonly p50Ms: number;
}
/** In one round. */
export type PartsRound = Readonly<Record<PartName, PartMeasurement>>;
