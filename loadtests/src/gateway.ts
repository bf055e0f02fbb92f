import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Gateway {
  readonly url: string;
  readonly key: string;
  /** Drains and ends the gateway; rejects when it does not leave in good order. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../apps/gateway/dist/main.js', import.meta.url));

/** Starts the built gateway on a free port, with an empty data folder of its own, and resolves once it is ready. */
export async function startGateway(): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
  const key = randomBytes(24).toString('hex');
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], SLUICE_DATA_DIR: folder, SLUICE_ADMIN_KEY: key },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await Promise.race([listening(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error('The gateway ended before it was ready.');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true });
    if (child.exitCode !== 0) throw new Error(`The gateway ended with code ${child.exitCode}.`);
  };
  return { url, key, stop };
}

/** Reads on to the end, so that the log never fills the pipe. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text: string | undefined = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text === undefined) return;
      text += chunk.toString();
      const url = /listening on (http:\S+)/.exec(text)?.[1];
      if (url === undefined) return;
      text = undefined;
      resolve(url);
    });
  });
}
