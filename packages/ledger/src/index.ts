export { createLedger } from './create-ledger.js';
export { priceUse } from './price.js';
export { keepRecovering } from './recover.js';
export type { LedgerDeps } from './create-ledger.js';
export type { RecoveryDeps } from './recover.js';
