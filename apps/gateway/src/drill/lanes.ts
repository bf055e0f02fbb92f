import type { Config } from '../config/schema.js';
import { openBench } from './bench.js';
import type { DrillBench } from './bench.js';

/** So much at a time: most of a drill is waiting until nothing stirs any more. */
const MOST = 4;

/** Benches side by side, each with a time and stand-ins of its own: what goes on at one is nothing to the others. */
export interface Lanes extends AsyncDisposable {
  /** Any of them. */
  readonly bench: DrillBench;
  /** What came of each item, in their order. Rejects once nothing is at work any more. */
  forEach<Item, Outcome>(
    items: readonly Item[],
    work: (item: Item, bench: DrillBench) => Promise<Outcome>,
  ): Promise<readonly Outcome[]>;
}

export interface LanesPlan {
  readonly config: Config;
  /** What the clocks show at first. */
  readonly startMs: number;
  /** How much there is to do. */
  readonly items: number;
}

/** Starts the stand-ins. */
export async function openLanes({ config, startMs, items }: LanesPlan): Promise<Lanes> {
  const bench = await openBench(config, startMs);
  const benches = [bench];
  const close = async (): Promise<void> => {
    for (const each of benches.toReversed()) await each[Symbol.asyncDispose]();
  };
  try {
    while (benches.length < Math.min(MOST, items)) benches.push(await openBench(config, startMs));
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    bench,
    async forEach<Item, Outcome>(items: readonly Item[], work: (item: Item, bench: DrillBench) => Promise<Outcome>) {
      const outcomes: Outcome[] = [];
      let hasFailed = false;
      const goAlong = async (lane: DrillBench, first: number): Promise<void> => {
        for (let at = first; at < items.length && !hasFailed; at += benches.length)
          outcomes[at] = await work(items[at] as Item, lane);
      };
      const all = benches.map((lane, first) =>
        goAlong(lane, first).catch((cause: unknown) => {
          hasFailed = true;
          throw cause;
        }),
      );
      await Promise.allSettled(all);
      await Promise.all(all);
      return outcomes;
    },
    [Symbol.asyncDispose]: close,
  };
}
