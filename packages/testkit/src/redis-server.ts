import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithProcess } from './end-with-process.js';
import { freePort } from './free-port.js';

/** A Redis server of a test's own, on a free port of loopback, that keeps nothing when it ends. */
export interface RedisServer {
  readonly port: number;
  /** `redis://default:PASSWORD@127.0.0.1:PORT`. */
  readonly url: string;
  /** One command, past all code of ours: the answer as `redis-cli` would get it, in RESP. */
  command(...args: readonly string[]): Promise<string>;
  /** Ends it with SIGKILL. Everything it knew is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty; resolves once it answers. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it. Idempotent. */
  stop(): Promise<void>;
}

/** Every URL has it: a test can look for it where no password may be. */
export const REDIS_PASSWORD = 'redis-canary-7c3d';
const READY_WITHIN_MS = 10_000;

/** Why this machine cannot run a server; nothing where it can. */
export function redisMissing(): string | undefined {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  return found ? undefined : 'redis-server is not installed: apt-get install redis-server';
}

/** Starts a server, which its owner stops. `settings` are of `redis.conf`. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const server = new Server(await freePort(), settings);
  await server.start();
  return server;
}

class Server implements RedisServer {
  readonly port: number;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #home = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  #process: ChildProcess | undefined;

  constructor(port: number, settings: Readonly<Record<string, string>>) {
    this.port = port;
    this.#settings = settings;
  }

  get url(): string {
    return `redis://default:${REDIS_PASSWORD}@127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = {
      ...{ port: String(this.port), bind: '127.0.0.1', dir: this.#home, save: '', appendonly: 'no' },
      ...{ requirepass: REDIS_PASSWORD, ...this.#settings },
    };
    const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = spawn('redis-server', options, { stdio: 'ignore' });
    this.#process = server;
    endWithProcess(server);
    await this.#untilReady();
  }

  async command(...args: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      socket.write(encode(['AUTH', REDIS_PASSWORD]) + encode(args) + encode(['ECHO', END]));
      let answer = '';
      for await (const piece of socket.setEncoding('utf8') as AsyncIterable<string>) {
        answer += piece;
        if (answer.includes(END)) break;
      }
      return answer.slice(answer.indexOf('\r\n') + 2, answer.lastIndexOf('$')).trimEnd();
    } finally {
      socket.destroy();
    }
  }

  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    const untilMs = performance.now() + READY_WITHIN_MS;
    while (performance.now() < untilMs) {
      const answer = await this.command('PING').catch(() => '');
      if (answer === '+PONG') return;
      await sleep(5);
    }
    throw new Error('Redis was not ready in time.');
  }
}

const END = 'end of the answer';

function encode(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}
