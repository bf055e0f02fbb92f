import type { AdmissionRequest, Principal } from '@sluice/contract';
import { openSqliteStore } from '@sluice/store-sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Followers } from '../audit/followers.js';
import { parseConfig } from '../config/parse-config.js';
import { composeLimiter, createLimitsControl } from './limits.js';

const PRINCIPAL: Principal = {
  kind: 'key',
  role: 'caller',
  keyId: 'k1',
  keyName: 'k1',
  tenant: 't1',
  limits: { requestsPerMinute: 50 },
  budget: { usd: 1 },
};
const never = new AbortController().signal;

const asking = (id: string, usd: number): AdmissionRequest => ({
  id,
  principal: PRINCIPAL,
  models: ['m'],
  endUser: undefined,
  mayGoElsewhere: false,
  mayBeUnpriced: false,
  atMost: { inputTokens: 1, outputTokens: 1, nanoUsd: usd * 1_000_000_000 },
});

it.each(['memory', 'sqlite'] as const)(
  'counts budgets in this process while the database fails and that is the policy, with limits in %s',
  async (store) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-limits-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const opened = openSqliteStore({ path: join(folder, 'sluice.db') });
    const errors: unknown[] = [];
    const config = parseConfig({ limits: { store, onBudgetStoreFailure: 'local' } }, { env: {}, cwd: folder });
    const telemetry = { counter: () => undefined, gauge: () => undefined, log: { warn: () => undefined } };
    const limits = createLimitsControl(config, {
      store: opened,
      followers: new Followers((cause) => errors.push(cause)),
      env: {},
      telemetry,
      vault: { learn: () => undefined },
    });
    const transport = { send: () => Promise.reject(new Error('Nothing is sent here.')) };
    const limiter = composeLimiter({ limits, telemetry, transport, onError: (cause) => errors.push(cause) });
    opened.close();
    const first = await limiter.admit(asking('a', 0.6), never);
    await expect(limiter.admit(asking('b', 0.6), never)).rejects.toMatchObject({ code: 'insufficient_quota' });
    first.settle({ inputTokens: 1, outputTokens: 1, nanoUsd: 300_000_000 });
    await expect(limiter.admit(asking('c', 0.6), never)).resolves.toMatchObject({
      headers: { 'x-ratelimit-remaining-requests': '48' },
    });
    expect(errors).not.toEqual([]);
  },
);
