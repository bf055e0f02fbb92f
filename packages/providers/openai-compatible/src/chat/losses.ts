import type { Adjustment } from '@sluice/contract';

/** Notes what a server cannot be told as it was asked, each parameter once. */
export interface Losses {
  note(parameter: string, action: Adjustment['action']): void;
  list(): readonly Adjustment[];
}

export function createLosses(): Losses {
  const noted = new Map<string, Adjustment>();
  return {
    note: (parameter, action) => void (noted.has(parameter) || noted.set(parameter, { parameter, action })),
    list: () => [...noted.values()],
  };
}
