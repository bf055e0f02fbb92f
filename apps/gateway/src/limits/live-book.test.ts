import type { Principal } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../__fixtures__/store.js';
import { LiveBook } from './live-book.js';
import type { LiveBookDeps } from './live-book.js';

type File = ReturnType<LiveBookDeps['config']>;

const MEMBER: Principal = {
  kind: 'key',
  keyId: 'k1',
  keyName: 'ci',
  role: 'caller',
  tenant: 'acme',
  team: 'search',
  limits: {},
};

function bookOf(scopes: File['limits']['scopes'], budgets: File['budgets'] = {}) {
  const { settings } = temporaryStore();
  const file = { limits: { scopes }, budgets } as unknown as File;
  const book = new LiveBook({ settings, clock: createManualClock(), follow: (work) => work(), config: () => file });
  const amounts = (kind: 'limits' | 'budgets') =>
    book.current
      .rulesFor({ principal: MEMBER, models: [], endUser: 'ann' })
      [kind].map(({ scope, name, limit, span }) => [scope, name, limit, span].filter(Boolean).join(' '));
  return { book, amounts };
}

describe('limits that an organisation sets', () => {
  it('hold beside those that the operators set for each of a kind, and never above them', () => {
    const { book, amounts } = bookOf({ 'team:*': { requestsPerMinute: 10, concurrent: 4, window: 'sliding' } });
    book.setLimit('team:search', { requestsPerMinute: 1_000, concurrent: 2, tokensPerDay: 5 }, 'organisation');
    expect(amounts('limits').toSorted()).toEqual([
      'team:search concurrent 2',
      'team:search requests 10 sliding',
      'team:search tokens 5 day',
    ]);
  });

  it('hold by themselves where the operators set none', () => {
    const { book, amounts } = bookOf({ 'user:*': { requestsPerMinute: 10 } });
    book.setLimit('team:search', { requestsPerMinute: 1_000 }, 'organisation');
    book.setLimit('end-user:acme/ann', { concurrent: 1 }, 'organisation');
    expect(amounts('limits')).toEqual(['team:search requests 1000', 'end-user:acme/ann concurrent 1']);
  });

  it("do not lift what comes into the operators' file later", () => {
    const scopes: Record<string, { requestsPerMinute: number }> = {};
    const { book, amounts } = bookOf(scopes);
    scopes['team:search'] = { requestsPerMinute: 10 };
    book.setLimit('team:search', { requestsPerMinute: 1_000 }, 'organisation');
    expect(amounts('limits')).toEqual(['team:search requests 10']);
  });
});

it('limits that the operators set for one take the place of those of each', () => {
  const { book, amounts } = bookOf({ 'team:*': { requestsPerMinute: 10 } });
  book.setLimit('team:search', { requestsPerMinute: 1_000 }, 'gateway');
  expect(amounts('limits')).toEqual(['team:search requests 1000']);
});

describe('budgets that an organisation sets', () => {
  const NANO = 1_000_000_000;
  const each = { scope: 'team:*', usd: 1, window: 'month' } as const;

  it('hold beside those that the operators set for each of a kind', () => {
    const { book, amounts } = bookOf({}, { each });
    book.setBudget('ours', { ...each, scope: 'team:search', usd: 500 }, 'organisation');
    expect(amounts('budgets').toSorted()).toEqual([
      `team:search spend ${NANO} month`,
      `team:search spend ${500 * NANO} month`,
    ]);
    book.setBudget('ours', { scope: 'team:search', usd: 500, window: 'day' }, 'organisation');
    expect(amounts('budgets').toSorted()).toEqual([
      `team:search spend ${NANO} month`,
      `team:search spend ${500 * NANO} day`,
    ]);
  });

  it("do not take the name of one that comes into the operators' file later", () => {
    const file: File['budgets'] = {};
    const { book, amounts } = bookOf({}, file);
    Object.assign(file, { each });
    book.setBudget('each', { ...each, scope: 'team:search', usd: 500 }, 'organisation');
    expect(amounts('budgets').toSorted()).toEqual([
      `team:search spend ${NANO} month`,
      `team:search spend ${500 * NANO} month`,
    ]);
  });

  it('hold beside those that the operators set for the same one, as before', () => {
    const { book, amounts } = bookOf({}, { each, search: { ...each, scope: 'team:search', usd: 3 } });
    book.setBudget('ours', { ...each, scope: 'team:search', usd: 500 }, 'organisation');
    expect(amounts('budgets').toSorted()).toEqual([
      `team:search spend ${3 * NANO} month`,
      `team:search spend ${500 * NANO} month`,
    ]);
  });
});

it('keys may name the budgets that have no scope', () => {
  const { book } = bookOf({}, { trial: { usd: 5 }, theirs: { scope: 'team:search', usd: 5 } });
  book.setBudget('set', { usd: 1 }, 'gateway');
  book.raise('gone', { usd: 1, untilMs: 1 }, 'gateway');
  expect(['trial', 'theirs', 'set', 'gone', 'nobodys'].filter((name) => book.hasBudgetForKeys(name))).toEqual([
    'trial',
    'set',
  ]);
});
