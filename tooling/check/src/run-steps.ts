import { capture } from '@sluice/tooling-workspace';
import type { Step } from './steps.js';

/**
 * Runs steps one after another and says one line about each; what a failing one printed follows its line. Returns whether
 * all succeeded. A step after a failed one is not run.
 */
export async function runSteps(steps: readonly Step[], write: (text: string) => void): Promise<boolean> {
  for (const { name, command } of steps) {
    const startedMs = performance.now();
    const [program, ...args] = command;
    const { ok, output } = await capture(program, args);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    write(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(5)} s\n`);
    if (!ok) write(output);
    if (!ok) return false;
  }
  return true;
}
