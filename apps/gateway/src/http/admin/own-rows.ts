import { noStore } from '../answers.js';

const OWN_ROWS = { ...noStore, 'x-sluice-rows': 'own-machine' };

/** Of an answer made of ledger rows: says so where those of other machines are missing, as the database of all cannot be read. */
export function rowsHeaders({ ownRowsOnly }: { readonly ownRowsOnly?: true }): Readonly<Record<string, string>> {
  return ownRowsOnly ? OWN_ROWS : noStore;
}
