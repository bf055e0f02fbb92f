import type { Clock } from '@sluice/contract';

/** How long a step may take, in milliseconds, by which clock. */
export interface Deadline {
  readonly ms: number;
  readonly clock: Clock;
}

/**
 * Runs a step that leaves the process. Rejects when the time is over or the signal aborts, also if the step never
 * ends; the step's own signal aborts then.
 */
export function withDeadline<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { ms, clock }: Deadline,
  signal: AbortSignal,
): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      cancelTimer();
      signal.removeEventListener('abort', abort);
    };
    const stop = (reason: Error): void => {
      end();
      controller.abort(reason);
      reject(reason);
    };
    const abort = (): void => stop(signal.reason as Error);
    const cancelTimer = clock.after(ms, () => stop(new Error(`No answer within ${ms} ms.`)));
    signal.addEventListener('abort', abort, { once: true });
    // As an async function, so that a throw is a rejection too.
    const step = async (): Promise<T> => run(controller.signal);
    step().finally(end).then(resolve, reject);
  });
}
