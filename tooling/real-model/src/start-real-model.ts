import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The name under which the server knows its model. */
export const REAL_MODEL = 'smollm2-135m';

export interface RealModel {
  /** Where the server listens, with no path and no slash at the end. */
  readonly url: string;
  /** Ends the server; resolves when it is gone. Idempotent. */
  stop(): Promise<void>;
}
export interface Unavailable {
  /** Why this machine cannot run the model. */
  readonly skipped: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const START = fileURLToPath(new URL('../start', import.meta.url));
const EXIT_UNAVAILABLE = 3;

/**
 * Starts the model's server on a free port and resolves once it answers. Where python3, its venv or PyPI is missing it
 * resolves with the reason instead, except under `CI=true`, where nothing may be skipped: there it rejects. The server also
 * ends with the process that started it.
 */
export async function startRealModel(): Promise<RealModel | Unavailable> {
  const child = spawn(START, [String(await freePort()), '--until-stdin-ends'], { stdio: 'pipe' });
  const exited = once(child, 'exit');
  const complaints = lastLineOf(child.stderr);
  const url = await Promise.race([listening(child), exited.then(() => undefined)]);
  if (url !== undefined) return { url, stop: () => stop(child, exited) };
  if (child.exitCode === EXIT_UNAVAILABLE && process.env['CI'] !== 'true') return { skipped: complaints() };
  throw new Error(`The real model's server ended with code ${child.exitCode ?? 'none'}: ${complaints()}`);
}

function listening(child: Child): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /^listening (\S+)$/m.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function lastLineOf(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2_000);
  });
  return () => text.trimEnd().split('\n').at(-1) ?? '';
}

async function stop(child: Child, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
