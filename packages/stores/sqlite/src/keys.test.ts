import { describe, expect, it } from 'vitest';
import { isGatewayError } from '@sluice/contract';
import { keyRecord } from './__fixtures__/rows.js';
import { temporaryPath, temporaryStore } from './__fixtures__/temporary-store.js';

const FULL_RECORD = keyRecord({
  expiresAtMs: 1_800_000_000_000,
  models: ['fast', 'openai/*'],
  limits: { requestsPerMinute: 0, concurrent: 5 },
  team: 'team_a',
  user: 'user_a',
  routes: ['/v1/*'],
  tools: ['search'],
  ips: ['10.0.0.0/8'],
  retiring: [{ hash: 'old', last4: 'abcd', untilMs: 1_700_000_100_000 }],
  profile: 'small',
  metadata: { team: "o'brien", note: 'zwölf' },
});

describe('keys in SQLite', () => {
  it('gives back every field of a record', () => {
    const { keys } = temporaryStore();
    keys.insert(FULL_RECORD);
    expect(keys.find(FULL_RECORD.id)).toStrictEqual(FULL_RECORD);
  });

  it('leaves out the fields that a record does not have', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord());
    expect(keys.find(keyRecord().id)).toStrictEqual(keyRecord());
  });

  it('keeps records beyond the life of the store', () => {
    const path = temporaryPath();
    const first = temporaryStore({ path });
    first.keys.insert(FULL_RECORD);
    first.close();
    expect(temporaryStore({ path }).keys.list()).toStrictEqual([FULL_RECORD]);
  });

  it('lists the oldest key first', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord({ id: 'key_b', hash: 'b', createdAtMs: 2 }));
    keys.insert(keyRecord({ id: 'key_c', hash: 'c', createdAtMs: 1 }));
    expect(keys.list().map((key) => key.id)).toEqual(['key_c', 'key_b']);
  });

  it('tells ids apart by case', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord({ id: 'key_a' }));
    expect(keys.find('key_A')).toBeUndefined();
  });

  it('keeps the time of the first revocation', () => {
    const { keys } = temporaryStore();
    keys.insert(keyRecord({ id: 'key_a' }));
    expect([keys.revoke('key_a', 10), keys.revoke('key_a', 20)]).toEqual([true, true]);
    expect(keys.find('key_a')?.revokedAtMs).toBe(10);
  });

  it('cannot revoke a key that does not exist', () => {
    expect(temporaryStore().keys.revoke('key_unknown', 10)).toBe(false);
  });

  it('moves its version with an insert and with a revocation', () => {
    const { keys } = temporaryStore();
    const empty = keys.version();
    keys.insert(keyRecord({ id: 'key_a' }));
    const inserted = keys.version();
    keys.revoke('key_a', 10);
    expect(inserted).toBeGreaterThan(empty);
    expect(keys.version()).toBeGreaterThan(inserted);
  });

  it('keeps its version when only the ledger grows', () => {
    const { keys, ledger } = temporaryStore();
    const before = keys.version();
    ledger.append({
      intents: [
        { id: 'r', startedAtMs: 1, keyId: 'k', tenant: 't', route: 'chat', requestedModel: 'm', stream: false },
      ],
      settlements: [],
    });
    expect(keys.version()).toBe(before);
  });

  it('throws storage_unavailable once the store is closed', () => {
    const store = temporaryStore();
    store.close();
    expect(() => store.keys.list()).toThrow(expect.toSatisfy((error) => isGatewayError(error, 'storage_unavailable')));
  });
});
