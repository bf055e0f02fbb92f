export { createLedger } from './create-ledger.js';
export { estimateTokens } from './estimate-tokens.js';
export type { LedgerDeps } from './create-ledger.js';
