import { Session } from 'node:inspector/promises';

const OURS = /\/(?:packages|apps)\/.*\/src\//;

/** How much of the code of this repository has run. */
export interface Coverage extends AsyncDisposable {
  /** Blocks that ran at least once so far. */
  blocks(): Promise<number>;
}

/** Counts with V8's own block coverage, in this process. */
export async function startCoverage(): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  const seen = new Set<string>();
  return {
    async blocks() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      const ours = result.filter(({ url }) => OURS.test(url));
      for (const { url, functions } of ours)
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges))
          if (count > 0) seen.add(`${url}:${startOffset}-${endOffset}`);
      return seen.size;
    },
    async [Symbol.asyncDispose]() {
      await session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
