import type { KeyRecord, LedgerIntent, LedgerSettlement } from '@sluice/contract';

export function keyRecord(overrides: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: 'key_aaaaaaaaaaaaaaaa',
    name: 'ci',
    hash: 'hash-a',
    last4: 'wxyz',
    createdAtMs: 1_700_000_000_000,
    tenant: 'default',
    role: 'caller',
    ...overrides,
  };
}

export function ledgerIntent(overrides: Partial<LedgerIntent> = {}): LedgerIntent {
  return {
    id: 'row-1',
    startedAtMs: 1_700_000_000_000,
    keyId: 'key_aaaaaaaaaaaaaaaa',
    tenant: 'default',
    route: 'chat',
    requestedModel: 'fast',
    stream: false,
    ...overrides,
  };
}

export function ledgerSettlement(overrides: Partial<LedgerSettlement> = {}): LedgerSettlement {
  return {
    id: 'row-1',
    settledAtMs: 1_700_000_000_250,
    status: 200,
    attempts: [{ provider: 'openai', model: 'gpt-5-mini', status: 200, durationMs: 240.5 }],
    inputTokens: 12,
    outputTokens: 34,
    cachedTokens: 0,
    usageSource: 'provider',
    durationMs: 250.25,
    ...overrides,
  };
}
