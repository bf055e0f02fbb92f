import type { RequestRecord } from '@sluice/contract';

/** A settled request for tests; `changes` replace single fields. */
export function sampleRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 'req_1',
    startedAtMs: 1_700_000_000_000,
    settledAtMs: 1_700_000_000_040,
    keyId: 'key_1',
    keyName: 'ci',
    tenant: 'default',
    route: '/v1/chat/completions',
    requestedModel: 'fast',
    stream: false,
    status: 200,
    provider: 'openai',
    model: 'gpt-5-mini',
    attempts: [{ provider: 'openai', model: 'gpt-5-mini', status: 200, durationMs: 12 }],
    inputTokens: 20,
    outputTokens: 5,
    cachedTokens: 4,
    usageSource: 'provider',
    durationMs: 12.3456,
    overheadMs: 0.4,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    ...changes,
  };
}

/** A settled request that no target served. */
export function unservedRecord(): RequestRecord {
  const { provider: _provider, model: _model, ...rest } = sampleRecord({ status: 404, attempts: [] });
  return rest;
}
