import type { Clock } from '@sluice/contract';

/** Runs `ask` until it is done, the time is over or the signal aborts; then it rejects, whatever `ask` still does. */
export async function withDeadline<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const bound = AbortSignal.any([signal, over.signal]);
  const cancel = clock.after(timeoutMs, () => over.abort(new Error(`There was no verdict within ${timeoutMs} ms.`)));
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(bound.reason as Error);
  bound.addEventListener('abort', onAbort, { once: true });
  try {
    bound.throwIfAborted();
    return await Promise.race([ask(bound), stopped]);
  } finally {
    cancel();
    bound.removeEventListener('abort', onAbort);
  }
}
