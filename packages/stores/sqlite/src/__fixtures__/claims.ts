/** What is never aborted. */
export const never: AbortSignal = new AbortController().signal;

/** Money that is counted for good. */
export const SPENDING = { scope: 'key:a', kind: 'window', name: 'spend', windowMs: Number.POSITIVE_INFINITY } as const;

/** The only place there is. */
export const slot = { scope: 'key:a', kind: 'gauge', name: 'concurrent', amount: 1, limit: 1, windowMs: 0 } as const;
