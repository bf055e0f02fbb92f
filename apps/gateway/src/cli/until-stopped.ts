import type { Served } from '../serve.js';
import { within } from '../within.js';
import type { ExitCode, SignalSource } from './command.js';

export interface StopOptions {
  readonly signals: SignalSource;
  /** What is still in flight after this long is cut. */
  readonly drainTimeoutMs: number;
}

/** A terminal and the package manager may both pass one Ctrl-C on. */
const SAME_SIGNAL_MS = 250;
/** Who is impatient still waits for what must not be lost. */
const LAST_ROWS_MS = 1_500;

/**
 * Resolves when the gateway has ended: 0 after a SIGTERM or SIGINT and the drain that follows it, 1 after a second
 * signal, which cuts what is in flight and waits 1.5 s at most for the gateway to close. Rejects when it cannot close.
 */
export async function untilStopped(running: Served, { signals, drainTimeoutMs }: StopOptions): Promise<ExitCode> {
  const stop = listen(signals);
  try {
    await stop.first;
    const isCut = await Promise.race([shutDown(running, drainTimeoutMs), stop.second]);
    if (!isCut) return 0;
    await within(running.close(), LAST_ROWS_MS);
    return 1;
  } finally {
    stop.ignore();
  }
}

async function shutDown(running: Served, drainTimeoutMs: number): Promise<false> {
  await within(running.drain(), drainTimeoutMs);
  await running.close();
  return false;
}

function listen(signals: SignalSource) {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<true>();
  let firstMs: number | undefined;
  const onSignal = (): void => {
    firstMs ??= performance.now();
    first.resolve();
    if (performance.now() - firstMs > SAME_SIGNAL_MS) second.resolve(true);
  };
  signals.on('SIGTERM', onSignal);
  signals.on('SIGINT', onSignal);
  return {
    first: first.promise,
    second: second.promise,
    ignore: () => {
      signals.off('SIGTERM', onSignal);
      signals.off('SIGINT', onSignal);
    },
  };
}
