/** What the simulator waits by. */
export interface SimulatorClock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Milliseconds that never step back. */
  monotonic(): number;
  /** Calls once after `ms`, unless the function that it returns is called before. */
  after(ms: number, run: () => void): () => void;
  /** Hears of every piece of an answer that is on its way: a clock that jumps must know that somebody works. */
  stir?(): void;
}

/** The process's own time. */
export const SYSTEM_CLOCK: SimulatorClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. Rejects with the signal's reason where that comes first. */
export function wait(clock: SimulatorClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const leave = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    signal.addEventListener('abort', leave, { once: true });
  });
}
