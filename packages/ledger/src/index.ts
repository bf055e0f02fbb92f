export { createLedger } from './create-ledger.js';
export type { LedgerDeps } from './create-ledger.js';
