export { createLedger } from './create-ledger.js';
export { keepSending } from './keep-sending.js';
export { priceUse } from './price.js';
export { recost } from './recost.js';
export { keepRecovering } from './recover.js';
export type { LedgerDeps, ObservedLedger } from './create-ledger.js';
export type { RecostDeps, RecostRange, RecostReport } from './recost.js';
export type { RecoveryDeps } from './recover.js';
export type { Sending, SendingDeps } from './keep-sending.js';
