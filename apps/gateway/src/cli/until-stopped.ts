import type { Served } from '../serve.js';
import { within } from '../within.js';
import type { CliContext, ExitCode } from './command.js';
import { UNWELL } from './unwell.js';

/** A terminal and the package manager may both pass one Ctrl-C on. */
const SAME_SIGNAL_MS = 250;
/** Who is impatient still waits for what must not be lost. */
const LAST_ROWS_MS = 1_500;
/** A supervisor that was asked for another process gets this long. */
const REPLACEMENT_MS = 30_000;

export type StopContext = Pick<CliContext, 'signals' | 'faults' | 'tellSupervisor'>;

/**
 * Resolves when the gateway has ended: 0 after a SIGTERM or SIGINT and the drain that follows it, or after a SIGUSR2 when
 * everything that it began before it left its socket to another process is done; 1 after a second SIGTERM or SIGINT, which
 * cuts what is in flight and waits 1.5 s at most for the gateway to close. An exception that nothing caught is a SIGTERM
 * that ends with 1; of a rejection that nothing handled only its request gets to know. A SIGHUP reloads the configuration.
 * Rejects when the gateway cannot close.
 */
export async function untilStopped(running: Served, context: StopContext): Promise<ExitCode> {
  const heard = new Heard(running, context);
  try {
    await heard.first;
    const isCut = await Promise.race([shutDown(running, heard), heard.second]);
    if (!isCut) return heard.isFaulty ? 1 : 0;
    await within(running.close(), LAST_ROWS_MS);
    return 1;
  } finally {
    heard.ignore();
  }
}

async function shutDown(running: Served, heard: Heard): Promise<false> {
  if (heard.isReplaced) await within(Promise.race([running.leave(), heard.stop]), running.drainTimeoutMs);
  if (!heard.isReplaced || heard.isStopped) await within(running.drain(), running.drainTimeoutMs);
  await running.close();
  return false;
}

/** What the process was told, by signals and by errors. */
class Heard {
  readonly #begin = Promise.withResolvers<void>();
  readonly #stop = Promise.withResolvers<void>();
  readonly #second = Promise.withResolvers<true>();
  readonly #running: Served;
  readonly #context: StopContext;
  #firstMs: number | undefined;
  isStopped = false;
  isReplaced = false;
  isFaulty = false;

  constructor(running: Served, context: StopContext) {
    this.#running = running;
    this.#context = context;
    const { signals, faults } = context;
    signals.on('SIGTERM', this.#onStop);
    signals.on('SIGINT', this.#onStop);
    signals.on('SIGHUP', this.#onHangUp);
    signals.on('SIGUSR2', this.#onReplaced);
    faults.on('uncaughtException', this.#onException);
    faults.on('unhandledRejection', this.#onRejection);
  }

  /** Resolves at whatever ends the gateway. */
  get first(): Promise<void> {
    return this.#begin.promise;
  }

  /** Resolves at a signal to stop. */
  get stop(): Promise<void> {
    return this.#stop.promise;
  }

  /** Resolves at a second one. */
  get second(): Promise<true> {
    return this.#second.promise;
  }

  ignore(): void {
    const { signals, faults } = this.#context;
    signals.off('SIGTERM', this.#onStop);
    signals.off('SIGINT', this.#onStop);
    signals.off('SIGHUP', this.#onHangUp);
    signals.off('SIGUSR2', this.#onReplaced);
    faults.off('uncaughtException', this.#onException);
    faults.off('unhandledRejection', this.#onRejection);
  }

  readonly #onStop = (): void => {
    this.#firstMs ??= performance.now();
    this.isStopped = true;
    this.#stop.resolve();
    this.#begin.resolve();
    if (performance.now() - this.#firstMs > SAME_SIGNAL_MS) this.#second.resolve(true);
  };

  readonly #onHangUp = (): void => void this.#running.reload();

  readonly #onReplaced = (): void => {
    this.isReplaced = true;
    this.#begin.resolve();
  };

  readonly #onRejection = (cause: unknown): void => this.#running.confine(cause);

  /** What threw may have left anything half done: another process takes over before this one goes, where there can be one. */
  readonly #onException = (cause: unknown): void => {
    this.#running.confine(cause);
    if (this.isFaulty) return;
    this.isFaulty = true;
    const { tellSupervisor } = this.#context;
    if (!tellSupervisor) return this.#begin.resolve();
    tellSupervisor(UNWELL);
    void within(this.#begin.promise, REPLACEMENT_MS).then(() => this.#begin.resolve());
  };
}
