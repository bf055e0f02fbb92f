import { gatewayError } from '@sluice/contract';
import type { Actual, Claim, CounterStore, LimitRules, Principal, ReserveResult } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { NOTHING, asking } from './__fixtures__/asking.js';
import { LimitBook, createLimiter } from './index.js';

const signal = new AbortController().signal;

const principal = (limits: LimitRules): Principal => ({
  kind: 'key',
  keyId: 'k1',
  keyName: 'ci',
  role: 'caller',
  tenant: 't1',
  limits,
});

/** A store that answers by script and remembers what it was asked. */
function scriptedStore(answer: (claims: readonly Claim[]) => ReserveResult | Promise<never>) {
  const asked: (readonly Claim[])[] = [];
  const settled: (readonly [string, Actual])[] = [];
  const store: CounterStore = {
    leaseMs: 30_000,
    reserve: async (_, claims) => {
      asked.push(claims);
      return answer(claims);
    },
    renew: () => Promise.resolve(),
    cancel: () => Promise.resolve(),
    settle: async (id, actual) => void settled.push([id, actual]),
  };
  return { store, asked, settled };
}

const grant = (claims: readonly Claim[]): ReserveResult => ({
  ok: true,
  id: 'r1',
  states: claims.map((claim) => ({ claim, remaining: claim.limit - 1, resetMs: claim.windowMs && 12_300 })),
});

/** Refuses the claim of that name; the others would have fitted. */
const refuse =
  (name: string) =>
  (claims: readonly Claim[]): ReserveResult => {
    const sorted = claims.toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
    return {
      ok: false,
      states: sorted.map((claim) => ({
        claim,
        remaining: claim.name === name ? 0 : claim.limit,
        resetMs: claim.windowMs && 12_300,
      })),
    };
  };

describe('a caller without limits', () => {
  const limiter = () => createLimiter({ clock: createManualClock(), store: scriptedStore(grant).store });

  it('is free, and shares one admission with all others, without headers', () => {
    const one = limiter();
    const admission = one.free(principal({}));
    expect(admission?.headers).toEqual({});
    expect(one.free(principal({}))).toBe(admission);
  });

  it('is not free as soon as it has one', () => {
    expect(
      [{ requestsPerMinute: 0 }, { tokensPerDay: 5 }, { concurrent: 1 }].map((limits) =>
        limiter().free(principal(limits)),
      ),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is free as the operator, whoever else is limited', () => {
    const book = new LimitBook({
      scopes: { 'org:*': { requestsPerMinute: 1 } },
      budgets: [{ name: 'default', rules: { nanoUsd: 1 } }],
    });
    const one = createLimiter({ clock: createManualClock(), store: scriptedStore(grant).store, book: () => book });
    expect(one.free({ ...principal({}), kind: 'admin' })).toBeDefined();
    expect(one.free(principal({}))).toBeUndefined();
  });
});

describe('a caller with limits', () => {
  it('reserves its request and its slot in one step', async () => {
    const { store, asked } = scriptedStore(grant);
    await createLimiter({ clock: createManualClock(), store }).admit(
      asking(principal({ requestsPerMinute: 60, concurrent: 5 })),
      signal,
    );
    expect(asked).toEqual([
      [
        { scope: 'key:k1', kind: 'window', name: 'requests', amount: 1, limit: 60, windowMs: 60_000 },
        { scope: 'key:k1', kind: 'gauge', name: 'concurrent', amount: 1, limit: 5, windowMs: 0 },
      ],
    ]);
  });

  it('takes 0 for none allowed, not for no limit', async () => {
    const { store, asked } = scriptedStore(grant);
    await createLimiter({ clock: createManualClock(), store }).admit(
      asking(principal({ requestsPerMinute: 0 })),
      signal,
    );
    expect(asked[0]).toMatchObject([{ name: 'requests', limit: 0 }]);
  });

  it('learns from the headers what is left', async () => {
    const { store } = scriptedStore(grant);
    const admission = await createLimiter({ clock: createManualClock(), store }).admit(
      asking(principal({ requestsPerMinute: 60 })),
      signal,
    );
    expect(admission.headers).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '13s',
    });
  });

  it('gets no request headers when only concurrency is limited', async () => {
    const { store } = scriptedStore(grant);
    const admission = await createLimiter({ clock: createManualClock(), store }).admit(
      asking(principal({ concurrent: 5 })),
      signal,
    );
    expect(admission.headers).toEqual({});
  });

  it('gives its slot back on release', async () => {
    const { store, settled } = scriptedStore(grant);
    const request = asking(principal({ concurrent: 5 }));
    const admission = await createLimiter({ clock: createManualClock(), store }).admit(request, signal);
    admission.settle({ inputTokens: 3, outputTokens: 4, nanoUsd: 5 });
    admission.settle(NOTHING);
    expect(settled).toEqual([[request.id, { tokens: 7, inputTokens: 3, outputTokens: 4, spend: 5 }]]);
  });
});

describe('a refusal', () => {
  const limits = { requestsPerMinute: 60, concurrent: 5 };

  it('of a request says when the window starts anew', async () => {
    const { store } = scriptedStore(refuse('requests'));
    await expect(
      createLimiter({ clock: createManualClock(), store }).admit(asking(principal(limits)), signal),
    ).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      details: { retryAfterMs: 12_300, headers: { 'x-ratelimit-remaining-requests': '0' } },
    });
  });

  it('of a slot asks to come back in a second and says what is left of the requests', async () => {
    const { store } = scriptedStore(refuse('concurrent'));
    await expect(
      createLimiter({ clock: createManualClock(), store }).admit(asking(principal(limits)), signal),
    ).rejects.toMatchObject({
      code: 'concurrency_limit_exceeded',
      details: { retryAfterMs: 1_000, headers: { 'x-ratelimit-remaining-requests': '60' } },
    });
  });

  it('without a named limit is the fault of the gateway', async () => {
    const { store } = scriptedStore(() => ({ ok: false, states: [] }));
    await expect(
      createLimiter({ clock: createManualClock(), store }).admit(asking(principal(limits)), signal),
    ).rejects.toMatchObject({
      code: 'internal_error',
    });
  });
});

describe('a store that fails', () => {
  const limited = principal({ concurrent: 1 });

  it('is limiter_unavailable, with the failure as cause', async () => {
    const cause = new Error('connection lost');
    const { store } = scriptedStore(() => Promise.reject(cause));
    await expect(
      createLimiter({ clock: createManualClock(), store }).admit(asking(limited), signal),
    ).rejects.toMatchObject({
      code: 'limiter_unavailable',
      cause,
    });
  });

  it('keeps an error of the table as it is', async () => {
    const error = gatewayError('draining');
    const { store } = scriptedStore(() => Promise.reject(error));
    await expect(createLimiter({ clock: createManualClock(), store }).admit(asking(limited), signal)).rejects.toBe(
      error,
    );
  });

  it('passes on why the request was aborted', async () => {
    const reason = gatewayError('client_closed_request');
    const { store } = scriptedStore(() => Promise.reject(reason));
    await expect(
      createLimiter({ clock: createManualClock(), store }).admit(asking(limited), AbortSignal.abort(reason)),
    ).rejects.toBe(reason);
  });

  it('is reported when it does not take a slot back', async () => {
    const cause = new Error('connection lost');
    const reported = await new Promise((resolve) => {
      const store = { ...scriptedStore(grant).store, settle: () => Promise.reject(cause) };
      const limiter = createLimiter({ clock: createManualClock(), store, onError: resolve });
      void limiter.admit(asking(limited), signal).then((admission) => admission.settle(NOTHING));
    });
    expect(reported).toBe(cause);
  });
});
