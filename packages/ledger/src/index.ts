export { createLedger } from './create-ledger.js';
export { priceUse } from './price.js';
export type { LedgerDeps } from './create-ledger.js';
