import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../within.js';
import type { ExitCode, Output, Signal, SignalSource } from './command.js';

/** A process that serves, or will. */
export interface GatewayProcess {
  readonly pid: number | undefined;
  /** Resolves when it takes connections. */
  readonly listening: Promise<void>;
  /** Resolves with its exit code, or with 1 where a signal ended it. */
  readonly exited: Promise<number>;
  /** Resolves when it asks for another one in its place. */
  readonly unwell: Promise<void>;
  kill(signal: Signal): void;
}

export interface SuperviseOptions {
  readonly fork: () => GatewayProcess;
  readonly signals: SignalSource;
  readonly stderr: Output;
}

/** A process that lived for longer than this is started again at once when it ends. */
const STEADY_MS = 10_000;
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 30_000;
/** A new process that does not listen after this long is given up. */
const START_MS = 60_000;

/**
 * Keeps a gateway process serving until it is told to stop. SIGUSR2 starts another one, which serves the same socket;
 * once it does, the one before takes no more connections and ends when what it began is done. One that ends unasked is
 * followed by another. Resolves with the exit code of the last one; with that of the first where it never served.
 */
export async function supervise(options: SuperviseOptions): Promise<ExitCode> {
  const supervisor = new Supervisor(options);
  supervisor.listenForSignals();
  try {
    return await supervisor.run();
  } finally {
    supervisor.ignoreSignals();
  }
}

class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #alive = new Set<GatewayProcess>();
  readonly #handlers: readonly (readonly [Signal, () => void])[];
  #current: GatewayProcess;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopping = false;
  #restarts: Promise<void> = Promise.resolve();
  #restMs = FIRST_REST_MS;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#handlers = [
      ['SIGTERM', () => this.#stop('SIGTERM')],
      ['SIGINT', () => this.#stop('SIGINT')],
      ['SIGHUP', () => this.#current.kill('SIGHUP')],
      ['SIGUSR2', () => this.#restart()],
    ];
    this.#current = this.#start();
  }

  listenForSignals(): void {
    for (const [signal, handler] of this.#handlers) this.#options.signals.on(signal, handler);
  }

  ignoreSignals(): void {
    for (const [signal, handler] of this.#handlers) this.#options.signals.off(signal, handler);
  }

  async run(): Promise<ExitCode> {
    if (!(await hasStarted(this.#current))) return toExitCode(await this.#current.exited);
    for (;;) {
      const watched = this.#current;
      const beganMs = performance.now();
      const code = await watched.exited;
      if (this.#isStopping) break;
      // It left because another one took its place.
      if (watched !== this.#current) continue;
      await this.#replaceEnded(code, performance.now() - beganMs);
    }
    const codes = await Promise.all([...this.#alive].map(({ exited }) => exited));
    return toExitCode(Math.max(await this.#current.exited, ...codes));
  }

  #start(): GatewayProcess {
    const started = this.#options.fork();
    this.#alive.add(started);
    void started.exited.then(() => this.#alive.delete(started));
    void started.unwell.then(() => this.#restart());
    return started;
  }

  #stop(signal: Signal): void {
    this.#isStopping = true;
    this.#stopped.resolve();
    for (const each of this.#alive) each.kill(signal);
  }

  /** One after another: a signal that comes while one runs is another restart after it. */
  #restart(): void {
    this.#restarts = this.#restarts.then(() => this.#handOver());
  }

  async #handOver(): Promise<void> {
    if (this.#isStopping) return;
    const next = this.#start();
    const isServing = await hasStarted(next);
    // A stop that came in the meantime has reached both.
    if (this.#isStopping) return;
    if (!isServing) {
      next.kill('SIGTERM');
      return this.#say(`the new process ${next.pid} does not serve; ${this.#current.pid} goes on`);
    }
    const before = this.#current;
    this.#current = next;
    this.#say(`process ${next.pid} serves in place of ${before.pid}`);
    before.kill('SIGUSR2');
  }

  async #replaceEnded(code: number, livedMs: number): Promise<void> {
    this.#restMs = livedMs >= STEADY_MS ? FIRST_REST_MS : Math.min(this.#restMs * 2, LONGEST_REST_MS);
    this.#say(`process ${this.#current.pid} ended with ${code}; another one follows`);
    if (livedMs < STEADY_MS) await within(this.#stopped.promise, this.#restMs);
    if (!this.#isStopping) this.#current = this.#start();
  }

  #say(text: string): void {
    this.#options.stderr.write(`sluice: ${text}\n`);
  }
}

async function hasStarted({ listening, exited }: GatewayProcess): Promise<boolean> {
  const deadline = new AbortController();
  const tooLate = sleep(START_MS, false, { signal: deadline.signal }).catch(() => false);
  try {
    return await Promise.race([listening.then(() => true), exited.then(() => false), tooLate]);
  } finally {
    deadline.abort();
  }
}

function toExitCode(code: number): ExitCode {
  return code === 0 || code === 2 ? code : 1;
}
