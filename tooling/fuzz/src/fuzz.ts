import { mutate } from './mutate.js';
import type { Material } from './mutate.js';
import type { Coverage } from './coverage.js';
import type { Random } from './random.js';

/** A parser of what strangers send. */
export interface Target extends Material {
  readonly name: string;
  /** Parses. Whatever it throws is a crash: refusals are expected, and caught inside. */
  run(bytes: Buffer): void;
}
export interface Crash {
  readonly input: Buffer;
  readonly cause: unknown;
}
export interface Found {
  readonly executions: number;
  /** Inputs that led into code where none had been. */
  readonly kept: number;
  readonly crashes: readonly Crash[];
  readonly slowestMs: number;
}
export interface FuzzOptions {
  readonly runs: number;
  readonly random: Random;
  /** What tells which inputs are worth to go on with; without it, the seeds stay as they are. */
  readonly coverage?: Coverage;
  now(): number;
}

/** So much may one input take. What takes longer is a hang. */
const HANG_MS = 1_000;
/** Looking at the coverage takes longer than many inputs. */
const BATCH = 500;
const MAX_CRASHES = 10;

/** Feeds a target with so many inputs; stops early when enough of them have crashed it. */
export async function fuzz(target: Target, { runs, random, coverage, now }: FuzzOptions): Promise<Found> {
  const seeds = [...target.seeds];
  const crashes: Crash[] = [];
  const found = { executions: 0, kept: 0, slowestMs: 0 };
  let blocks = (await coverage?.blocks()) ?? 0;
  while (found.executions < runs && crashes.length < MAX_CRASHES) {
    const batch = Array.from({ length: Math.min(BATCH, runs - found.executions) }, () =>
      mutate({ seeds, words: target.words }, random),
    );
    for (const input of batch) {
      const startedMs = now();
      const cause = attempt(target, input);
      const tookMs = now() - startedMs;
      found.slowestMs = Math.max(found.slowestMs, tookMs);
      if (cause) crashes.push({ input, cause });
      else if (tookMs > HANG_MS) crashes.push({ input, cause: new Error(`It took ${Math.round(tookMs)} ms.`) });
    }
    found.executions += batch.length;
    const reached = (await coverage?.blocks()) ?? 0;
    if (reached > blocks) {
      // Which of them it was is not known: all are as likely to lead on.
      seeds.push(...batch);
      found.kept += batch.length;
    }
    blocks = reached;
  }
  return { ...found, crashes };
}

function attempt(target: Target, input: Buffer): Error | undefined {
  try {
    target.run(input);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}
