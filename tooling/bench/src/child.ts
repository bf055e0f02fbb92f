import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const START_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 15_000;

/** A server in a process of its own. */
export interface Child {
  readonly pid: number;
  readonly port: number;
  /** Ends it and waits until it has gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts `node ARGS` and waits for its line `listening on http://HOST:PORT`. All that it prints later is read and
 * thrown away. Rejects with what it printed if it ends first or takes too long.
 */
export async function startChild(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Child> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const port = await portOf(child);
    child.stdout.resume();
    child.stderr.resume();
    return { pid: child.pid as number, port, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (reason: string): void => reject(new Error(`${child.spawnargs.join(' ')} ${reason}:\n${printed}`));
    const timer = setTimeout(() => fail('did not start in time'), START_WITHIN_MS);
    const read = (chunk: Buffer): void => {
      printed += chunk.toString('utf8');
      const port = /listening on http:\/\/[^\s]+:(\d+)\s/.exec(printed)?.[1];
      if (port === undefined) return;
      child.stdout?.off('data', read);
      child.stderr?.off('data', read);
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}
