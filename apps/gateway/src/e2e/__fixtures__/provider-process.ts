import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const SCRIPT = fileURLToPath(new URL('provider-process.mjs', import.meta.url));

/** A provider in a process of its own, as `provider-process.mjs` describes it. */
export interface ProviderProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it as `kill -9` does: its kernel resets what it had open. Resolves when it is gone. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

/** Starts one; it is gone when the test ends at the latest. */
export async function startProvider(port = 0, backlog = 511): Promise<ProviderProcess> {
  const child = spawn(process.execPath, [SCRIPT, String(port), String(backlog)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    port: Number(said),
    url: `http://127.0.0.1:${Number(said)}`,
    kill,
    signal: (name) => void child.kill(name),
    [Symbol.asyncDispose]: kill,
  };
}

/** A provider to which packets vanish, as behind a dead link or a firewall that says nothing. */
export interface BlackHole extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** What a queue of one holds besides, by system. */
const MOST_WAITING = 50;

/** A process that is stopped while its queue of connections is full: the kernel then drops every further SYN. */
export async function blackHole(): Promise<BlackHole> {
  const { port, url, kill, signal } = await startProvider(0, 1);
  signal('SIGSTOP');
  const waiting: Socket[] = [];
  while (await isTaken(port, waiting)) {
    if (waiting.length > MOST_WAITING) throw new Error('This system takes connections beyond the queue of a listener.');
  }
  return {
    port,
    url,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      await kill();
    },
  };
}

/** Whether one more connection found a place. */
async function isTaken(port: number, waiting: Socket[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  waiting.push(socket);
  const connected = once(socket, 'connect').then(() => true);
  return Promise.race([connected, sleep(200).then(() => false)]);
}
