import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PartsRound } from './parts.js';

const CHILD = fileURLToPath(new URL('./parts-child.ts', import.meta.url));

/** Measures the parts of the gateway by themselves, in a process of their own. */
export interface PartsBench {
  readonly pid: number;
  measure(durationMs: number): Promise<PartsRound>;
  stop(): Promise<void>;
}

/**
 * Starts it, on the built packages unless Node's options say otherwise. What it cannot do ends `measure` with an error that
 * says so.
 */
export function startParts(nodeArgs: readonly string[] = []): PartsBench {
  const child = spawn(process.execPath, [...nodeArgs, '--import', import.meta.resolve('tsx'), CHILD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? Number.NaN,
    async measure(durationMs) {
      child.stdin.write(`${durationMs}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('The parts of the gateway cannot be measured: their process has ended.');
      return JSON.parse(value) as PartsRound;
    },
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
