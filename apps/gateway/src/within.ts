/** Resolves with `promise`, or after `ms` without it. Rejects as `promise` does within that time. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([promise, timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
