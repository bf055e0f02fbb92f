import type { LedgerIntent, LedgerSettlement } from '@sluice/contract';
import type { SqliteStore } from '@sluice/store-sqlite';
import { firstIdAt } from '../http/request-ids.js';

export const DAY_MS = 86_400_000;
/** When the first of them began. */
export const START_MS = Date.parse('2026-01-01T12:00:00Z');

export type SpendRow = Partial<LedgerIntent> & {
  readonly settlement?: Partial<LedgerSettlement>;
};

/** Puts requests into a ledger that began a day apart and went well. */
export function addSpendRows({ ledger }: Pick<SqliteStore, 'ledger'>, rows: readonly SpendRow[]): void {
  const made = rows.map(({ settlement, ...intent }, n) => {
    const startedAtMs = START_MS + n * DAY_MS;
    const id = `${firstIdAt(startedAtMs)}0`;
    const whose = { keyId: 'key_1', keyName: 'ci', tenant: 'default' };
    const usage = { inputTokens: 3, outputTokens: 4, cachedTokens: 0, usageSource: 'provider' as const };
    return {
      intent: { id, startedAtMs, ...whose, route: '/', requestedModel: 'fast', stream: false, ...intent },
      settlement: { id, settledAtMs: startedAtMs, status: 200, attempts: [], durationMs: 1, ...usage, ...settlement },
    };
  });
  ledger.append({
    intents: made.map(({ intent }) => intent),
    settlements: made.map(({ settlement }) => settlement),
  });
}
