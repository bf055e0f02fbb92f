import type { LedgerParcel } from '@sluice/contract';
import type { LedgerContents } from '@sluice/testkit';

/** Rows as a machine sends them. */
export function parcelOf({ intents, settlements }: LedgerContents, machine = 'm-1'): LedgerParcel {
  return {
    rows: intents.length + settlements.length,
    intents: JSON.stringify(intents.map((row) => toColumns({ machine, ...row }))),
    settlements: JSON.stringify(settlements.map((row) => toColumns({ machine, ...row }))),
    prices: '[]',
    adjustments: '[]',
  };
}

/** `startedAtMs` is `started_at_ms`. */
function toColumns(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}
