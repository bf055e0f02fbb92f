import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endWithProcess } from './end-with-process.js';
import { freePort } from './free-port.js';
import { childrenOf, signalAll, untilEnded } from './process-tree.js';

/** A PostgreSQL server of a test's own, on a free port of loopback, with its data in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  /** Makes a database of its own and returns its URL, with name and password. */
  createDatabase(): Promise<string>;
  /** Runs SQL by `psql` past all code of ours; columns are divided by `|`, rows by line feeds. */
  sql(url: string, text: string): Promise<string>;
  /** Ends every process of it with SIGKILL. The data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the same data; resolves once it answers. */
  start(): Promise<void>;
  /** Stops every process of it with SIGSTOP: connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends it and deletes its data. Idempotent. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const USER = 'sluice';
/** Every URL has it: a test can look for it where no password may be. */
export const POSTGRES_PASSWORD = 'pg-canary-5e1b';
const READY = 'database system is ready to accept connections';
const READY_WITHIN_MS = 30_000;
/** What a test does not need: durability beyond the process, much memory. */
const SETTINGS = {
  fsync: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '16MB',
  max_connections: '40',
  autovacuum: 'off',
};

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Why this machine cannot run a server; nothing where it can. */
export function postgresMissing(): string | undefined {
  if (findBinaries() === undefined) return 'PostgreSQL is not installed: apt-get install postgresql';
  if (account() === 'none') return 'PostgreSQL does not run as root, and there is no account for it';
  return undefined;
}

/** Starts a server, which its owner stops. Throws where there is a reason in `postgresMissing`. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = findBinaries();
  const user = account();
  if (folder === undefined || user === 'none') throw new Error(postgresMissing());
  const server = new Server(folder, user, await freePort());
  try {
    await server.initialize();
    await server.start();
    return server;
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}

class Server implements PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #account: Account | undefined;
  readonly #home: string;
  #process: ChildProcess | undefined;
  #databases = 0;

  constructor(folder: string, user: Account | undefined, port: number) {
    this.#folder = folder;
    this.#account = user;
    this.port = port;
    this.#home = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
    if (user) chownSync(this.#home, user.uid, user.gid);
  }

  async initialize(): Promise<void> {
    const passwordFile = join(this.#home, 'password');
    writeFileSync(passwordFile, POSTGRES_PASSWORD);
    const options = ['--no-sync', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const place = ['--pgdata', join(this.#home, 'data'), '--username', USER];
    await run(join(this.#folder, 'initdb'), [...place, ...options], { ...this.#account, cwd: this.#home });
  }

  async start(): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, port: String(this.port) });
    const server = spawn(
      join(this.#folder, 'postgres'),
      ['-D', join(this.#home, 'data'), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...this.#account, cwd: this.#home, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process = server;
    endWithProcess(server);
    await untilReady(server);
  }

  async createDatabase(): Promise<string> {
    const name = `test_${(this.#databases += 1)}`;
    await this.sql(this.#url('postgres'), `CREATE DATABASE ${name}`);
    return this.#url(name);
  }

  async sql(url: string, text: string): Promise<string> {
    const { stdout } = await run(join(this.#folder, 'psql'), [
      ...['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'],
      ...['--dbname', url, '--command', text],
    ]);
    return stdout.trim();
  }

  async kill(): Promise<void> {
    // Those that it began would live on for a moment, and hold the memory that the next start needs. It begins no further ones.
    this.freeze();
    const began = this.#process?.pid === undefined ? [] : childrenOf(this.#process.pid);
    await this.#end((pid) => signalAll([pid, ...began], 'SIGKILL'));
    await untilEnded(began);
  }

  freeze(): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    // The one that begins the others first: none comes between.
    signalAll([pid], 'SIGSTOP');
    signalAll(childrenOf(pid), 'SIGSTOP');
  }

  thaw(): void {
    const pid = this.#process?.pid;
    if (pid !== undefined) signalAll([...childrenOf(pid), pid], 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    // At once, but with time to end those that it began.
    await this.#end((pid) => signalAll([pid], 'SIGQUIT'));
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #end(signal: (pid: number) => void): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    signal(server.pid);
    await ended;
  }

  #url(database: string): string {
    return `postgres://${USER}:${POSTGRES_PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }
}

async function untilReady(server: ChildProcess): Promise<void> {
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    // Read to the end all the same: a full pipe would hold the server.
    if (said.includes(READY)) return;
    said += text;
    if (said.includes(READY)) resolve();
  });
  const fail = (why: string): void => reject(new Error(`PostgreSQL ${why}: ${said}`));
  server.once('exit', () => fail('has ended'));
  server.once('error', (error) => fail(error.message));
  const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Where `initdb` and `postgres` are: Debian keeps them out of the PATH. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...pathFolders()];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function pathFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
}

/** Whom it runs as: the server refuses to run as root. */
function account(): Account | 'none' | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return 'none';
}
