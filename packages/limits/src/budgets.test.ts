import type { AmountsUsed, BudgetTerms, Principal } from '@sluice/contract';
import { createMemoryCounterStore } from '@sluice/store-memory';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { asking } from './__fixtures__/asking.js';
import { LimitBook, createLimiter, toBudgetRules } from './index.js';
import type { BudgetAlert, NamedBudget, ScopeRules } from './index.js';

const never = new AbortController().signal;
const UNPRICED: AmountsUsed = { inputTokens: 5, outputTokens: 5, nanoUsd: undefined };
const NANO = 1_000_000_000;

type Scoped = BudgetTerms & { readonly scope?: string; readonly raiseUsd?: number };

interface World {
  /** The key's own. */
  readonly own?: BudgetTerms | string;
  /** By name. */
  readonly budgets?: Readonly<Record<string, Scoped>>;
  readonly scopes?: Readonly<Record<string, ScopeRules>>;
}

function toNamed([name, { scope, raiseUsd, ...terms }]: [string, Scoped]): NamedBudget {
  const raise = raiseUsd === undefined ? {} : { raise: { nanoUsd: raiseUsd * NANO, untilMs: Number.MAX_SAFE_INTEGER } };
  return { name, rules: { ...toBudgetRules(terms), ...raise }, ...(scope === undefined ? {} : { scope }) };
}

/** A limiter that counts money beside its limits, or in a store of its own. */
function open({ own, budgets = {}, scopes = {} }: World, apart = false) {
  const clock = createManualClock();
  const told: BudgetAlert[] = [];
  const book = new LimitBook({ scopes, budgets: Object.entries(budgets).map(toNamed) });
  const limiter = createLimiter({
    store: createMemoryCounterStore({ clock }),
    ...(apart ? { budgets: createMemoryCounterStore({ clock }) } : {}),
    clock,
    book: () => book,
    onAlert: (alert) => told.push(alert),
  });
  const principal: Principal = {
    kind: 'key',
    role: 'caller',
    keyId: 'k1',
    keyName: 'k1',
    tenant: 't1',
    limits: {},
    ...(own === undefined ? {} : { budget: own }),
  };
  const ask = (usd: number | AmountsUsed, more: Parameters<typeof asking>[1] = {}) => {
    const atMost = typeof usd === 'number' ? { inputTokens: 0, outputTokens: 0, nanoUsd: Math.round(usd * NANO) } : usd;
    return limiter.admit(asking(principal, { atMost, ...more }), never);
  };
  return { ask, told, limiter };
}

const REFUSED = { code: 'insufficient_quota' };

describe.each([
  ['beside the limits', false],
  ['in a store of its own', true],
])('money that is counted %s', (_, apart) => {
  it('is refused by one budget although another leads elsewhere', async () => {
    const { ask, limiter } = open(
      { own: { usd: 0, fallback: 'cheap' }, budgets: { all: { scope: 'org:t1', usd: 0 } } },
      apart,
    );
    await expect(ask(0.1)).rejects.toMatchObject(REFUSED);
    expect(limiter.held).toBe(0);
  });

  it('goes elsewhere where each budget that is used up leads there, the nearest first', async () => {
    const { ask, told } = open(
      { own: { usd: 0, fallback: 'cheap' }, budgets: { all: { scope: 'org:t1', usd: 0, fallback: 'cheaper' } } },
      apart,
    );
    expect((await ask(0.1)).instead).toBe('cheap');
    expect(told.filter(({ kind }) => kind === 'exceeded').map(({ budget }) => budget)).toEqual(['own', 'all']);
  });

  it('that went elsewhere counts in the budgets that had room', async () => {
    const { ask } = open({ own: { usd: 0, fallback: 'cheap' }, budgets: { all: { scope: 'org:t1', usd: 1 } } }, apart);
    expect((await ask(0.6)).instead).toBe('cheap');
    await expect(ask(0.6)).rejects.toMatchObject(REFUSED);
  });

  it('of nobody knows how much finds no room in a budget of 0, nor in one that is used up exactly', async () => {
    await expect(open({ own: { usd: 0 } }, apart).ask(UNPRICED)).rejects.toMatchObject(REFUSED);
    const { ask } = open({ own: { usd: 0.5 } }, apart);
    await ask(0.5);
    await expect(ask(UNPRICED)).rejects.toMatchObject(REFUSED);
  });

  it('of nobody knows how much is allowed while something is left, and leaves it there', async () => {
    const { ask } = open({ own: { usd: 0.5 } }, apart);
    const admission = await ask(UNPRICED);
    expect(admission.reservedNanoUsd).toBe(0);
    admission.settle({ ...UNPRICED, nanoUsd: 0 });
    await Promise.resolve();
    await expect(ask(0.5)).resolves.toMatchObject({ reservedNanoUsd: 0.5 * NANO });
  });

  it('is not asked of what costs nothing', async () => {
    await expect(open({ own: { usd: 0 } }, apart).ask(0)).resolves.toMatchObject({ reservedNanoUsd: 0 });
  });

  it('is not there for a key whose budget is gone, whatever the model costs', async () => {
    await expect(open({ own: 'gone' }, apart).ask(UNPRICED)).rejects.toMatchObject(REFUSED);
  });

  it('is refused where one of several targets has no price and a budget takes none such', async () => {
    const { ask } = open({ own: { usd: 5, unpriced: 'refuse' } }, apart);
    await expect(ask(0.1, { mayBeUnpriced: true })).rejects.toMatchObject(REFUSED);
    await expect(ask(0.1)).resolves.toBeDefined();
  });
});

describe('several budgets of one scope and window', () => {
  const all = 'org:t1';

  it('tell by themselves', async () => {
    const { ask, told } = open({ budgets: { hard: { scope: all, usd: 1 }, soft: { scope: all, softUsd: 0.1 } } });
    await ask(0.5);
    await ask(0.1);
    expect(told).toMatchObject([{ budget: 'soft', kind: 'soft', limitNanoUsd: 0.1 * NANO }]);
  });

  it('count the money once', async () => {
    const { ask } = open({ budgets: { one: { scope: all, usd: 1 }, two: { scope: all, usd: 2 } } });
    await ask(0.6);
    await expect(ask(0.4)).resolves.toBeDefined();
    await expect(ask(0.1)).rejects.toMatchObject(REFUSED);
  });

  it('hold the tightest when another is raised beyond it', async () => {
    const { ask } = open({ budgets: { raised: { scope: all, usd: 1, raiseUsd: 10 }, next: { scope: all, usd: 2 } } });
    await ask(1.5);
    await expect(ask(1)).rejects.toMatchObject({ message: expect.stringContaining('"next"') as string });
  });

  it('hold the next one when the tightest leads elsewhere', async () => {
    const { ask } = open({
      budgets: { first: { scope: all, usd: 1, fallback: 'cheap' }, next: { scope: all, usd: 2 } },
    });
    expect((await ask(1.5)).instead).toBe('cheap');
    await expect(ask(1)).rejects.toMatchObject({ message: expect.stringContaining('"next"') as string });
  });
});

describe('an alert', () => {
  it('tells at the shares that a budget names, each once', async () => {
    const { ask, told } = open({ own: { usd: 1, alertsAt: [0.25, 0.5] } });
    for (let call = 0; call < 8; call += 1) await ask(0.1);
    expect(told.map(({ kind, share }) => [kind, share])).toEqual([
      ['share', 0.25],
      ['share', 0.5],
    ]);
  });

  it('tells at four fifths and at the whole where it names none', async () => {
    const { ask, told } = open({ own: { usd: 1 } });
    for (let call = 0; call < 4; call += 1) await ask(0.25);
    await ask(0);
    expect(told.map(({ share }) => share)).toEqual([0.8, 1]);
  });
});

it('a request that a limit refuses while a budget for good has no room either comes again when the limit has some', async () => {
  const { ask } = open({ own: { usd: 1 }, scopes: { 'org:t1': { requestsPerMinute: 1 } } });
  await ask(1);
  await expect(ask(1)).rejects.toMatchObject({ code: 'rate_limit_exceeded', details: { retryAfterMs: 60_000 } });
});

it('only what some limit asks for is read of a request', async () => {
  const { ask } = open({ scopes: { 'org:t1': { requestsPerMinute: 5 } } });
  const atMost = {
    get inputTokens(): number {
      throw new Error('read');
    },
    get outputTokens(): number {
      throw new Error('read');
    },
    get nanoUsd(): number {
      throw new Error('read');
    },
  };
  const asked = asking({ kind: 'key', role: 'caller', keyId: 'k1', keyName: 'k1', tenant: 't1', limits: {} });
  const unread = {
    ...asked,
    atMost,
    get endUser(): string {
      throw new Error('read');
    },
  };
  await expect(ask(atMost)).resolves.toBeDefined();
  const book = new LimitBook({ scopes: { 'org:t1': { requestsPerMinute: 5 } }, budgets: [] });
  expect(book.rulesFor(unread).limits).toHaveLength(1);
});
