import type { ExitCode, SignalSource } from './command.js';
import type { RunningGateway } from './launch.js';

export interface StopOptions {
  readonly signals: SignalSource;
  /** What is still in flight after this long is cut. */
  readonly drainTimeoutMs: number;
}

/** A terminal and the package manager may both pass one Ctrl-C on. */
const SAME_SIGNAL_MS = 250;

/**
 * Resolves when the gateway has ended: 0 after a SIGTERM or SIGINT and the drain that follows it, 1 at once after a
 * second signal. Rejects when the gateway cannot be closed.
 */
export async function untilStopped(
  running: RunningGateway,
  { signals, drainTimeoutMs }: StopOptions,
): Promise<ExitCode> {
  const stop = listen(signals);
  try {
    await stop.first;
    return await Promise.race([shutDown(running, drainTimeoutMs), stop.second.then(() => 1 as const)]);
  } finally {
    stop.ignore();
  }
}

async function shutDown(running: RunningGateway, drainTimeoutMs: number): Promise<ExitCode> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, drainTimeoutMs);
  await Promise.race([running.drain(), timeout]);
  clearTimeout(timer);
  await running.close();
  return 0;
}

function listen(signals: SignalSource) {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let firstMs: number | undefined;
  const onSignal = (): void => {
    firstMs ??= performance.now();
    first.resolve();
    if (performance.now() - firstMs > SAME_SIGNAL_MS) second.resolve();
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
