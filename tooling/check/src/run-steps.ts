import { capture } from '@sluice/tooling-workspace';
import type { Step } from './steps.js';

/** Most steps keep one core busy, and small machines have two. */
const AT_ONCE = 2;

/**
 * Runs steps, two at a time, and says one line about each as it is over; what a failing one printed follows its line. Returns
 * whether all succeeded. A failure ends what goes on beside it, and no further step is run.
 */
export async function runSteps(steps: readonly Step[], write: (text: string) => void): Promise<boolean> {
  const failed = new AbortController();
  const left = [...steps];
  const open = new Set(steps.map(({ name }) => name));
  const takeNext = (): Step | undefined => {
    const at = left.findIndex(({ after }) => after === undefined || !open.has(after));
    return at < 0 || failed.signal.aborted ? undefined : left.splice(at, 1)[0];
  };
  const goOn = async (): Promise<void> => {
    for (let step = takeNext(); step; step = takeNext()) {
      const ended = await runStep(step, failed.signal);
      if (!ended) return;
      write(ended.text);
      if (!ended.ok) failed.abort();
      open.delete(step.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
  return !failed.signal.aborted;
}

/** Nothing where `signal` ended it. */
async function runStep(
  { name, command }: Step,
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string } | undefined> {
  const startedMs = performance.now();
  const [program, ...args] = command;
  try {
    const { ok, output } = await capture(program, args, { signal });
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    const line = `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(5)} s\n`;
    return { ok, text: ok ? line : line + output };
  } catch (cause) {
    if (signal.aborted) return undefined;
    throw cause;
  }
}
