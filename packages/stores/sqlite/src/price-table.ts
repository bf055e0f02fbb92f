import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PriceRow } from '@sluice/contract';

const VERSION_CHARS = 16;

/**
 * The unit prices by which rows are costed, each set once, under a name made from it. What was written before costs a
 * settlement one look into a map.
 */
export class PriceTable {
  readonly #insert: StatementSync;
  #versions = new WeakMap<readonly PriceRow[], string>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO ledger_prices (version, rows) VALUES (?, ?) ON CONFLICT (version) DO NOTHING',
    );
  }

  /** Within the transaction that writes the settlement. */
  versionOf(prices: readonly PriceRow[] | undefined): string | null {
    if (!prices) return null;
    const known = this.#versions.get(prices);
    if (known !== undefined) return known;
    const rows = JSON.stringify(prices);
    const version = createHash('sha256').update(rows).digest('hex').slice(0, VERSION_CHARS);
    this.#insert.run(version, rows);
    this.#versions.set(prices, version);
    return version;
  }

  /** The transaction came to nothing. */
  forget(): void {
    this.#versions = new WeakMap();
  }
}
