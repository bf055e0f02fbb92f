import { ADMIN } from '@sluice/auth';
import type { Principal } from '@sluice/contract';
import type { Answer } from '@sluice/core';
import { createManualClock } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf } from '../../__fixtures__/route-call.js';
import type { RouteQuestion } from '../../__fixtures__/route-call.js';
import { ownSpend } from '../../compose/shared-ledger.js';
import { START_MS, addSpendRows } from '../../__fixtures__/spend-rows.js';
import type { SpendRow } from '../../__fixtures__/spend-rows.js';
import { temporaryStore } from '../../__fixtures__/store.js';
import { spendView } from '../../spend/view.js';
import type { Route } from '../route.js';
import { createSpendRoute } from './spend.js';

/** Requests of a dollar's thousandth each, a day apart. */
function routeOf(rows: readonly SpendRow[], clock = createManualClock()): readonly Route[] {
  const store = temporaryStore();
  const settlement = { provider: 'sim', model: 'echo', costMicroUsd: 1_000 };
  addSpendRows(
    store,
    rows.map((row) => ({ settlement, ...row })),
  );
  return [createSpendRoute({ spend: ownSpend(store.spend), clock, ledger: { flush: () => Promise.resolve() } })];
}

const THREE = [{}, { keyId: 'key_2', team: 'a' }, { tenant: 'acme', tags: ['eu'] }];
const ACME: Principal = { kind: 'key', role: 'owner', keyId: 'k', keyName: 'k', tenant: 'acme', limits: {} };

async function spent(query: string, principal?: Principal) {
  const question: RouteQuestion = { query, ...(principal && { principal }) };
  const page = bodyOf(await ask(routeOf(THREE), 'getSpend', question));
  const rows = (page['data'] as object[]).map((row) => spendView.parse(row));
  return { rows, total: page['total'] as { requests: number } | null, nextCursor: page['nextCursor'] as string | null };
}

describe('GET /admin/v1/spend', () => {
  it('tells days apart unless it is asked for something else', async () => {
    const { rows, total, nextCursor } = await spent('');
    expect(rows.map(({ day, costMicroUsd }) => [day, costMicroUsd])).toEqual([
      ['2026-01-01', 1_000],
      ['2026-01-02', 1_000],
      ['2026-01-03', 1_000],
    ]);
    expect([total, nextCursor]).toMatchObject([
      { requests: 3, inputTokens: 9, outputTokens: 12, costMicroUsd: 3_000, usageSources: { provider: 3 } },
      null,
    ]);
  });

  it('says null for what a request has none of, and the name of a key', async () => {
    const { rows } = await spent('by=key,team,tag');
    const named = rows.map(({ key, keyName, team, tag }) => ({ key, keyName, team, tag }));
    expect(named).toEqual([
      { key: 'key_1', keyName: 'ci', team: null, tag: null },
      { key: 'key_1', keyName: 'ci', team: null, tag: 'eu' },
      { key: 'key_2', keyName: 'ci', team: 'a', tag: null },
    ]);
  });

  it.each([
    ['since=2026-01-02', 2],
    ['until=2026-01-02', 1],
    ['since=2026-01-02T12:00:00Z&until=2026-01-02T12:00:00.001Z', 1],
    [`since=${START_MS + 1}`, 2],
    ['since=8640000000000000', 0],
    ['team=a', 1],
    ['team=', 2],
    ['tag=eu', 1],
    ['key=key_2&model=echo&provider=sim&alias=fast', 1],
    ['org=acme', 1],
    ['org=nobody', 0],
  ])('counts what is asked for by %s', async (query, requests) => {
    expect((await spent(query)).total?.requests).toBe(requests);
  });

  it('knows of other organisations nothing, not even that they are there', async () => {
    expect((await spent('by=org,key', ACME)).rows).toMatchObject([{ org: 'acme', key: 'key_1', requests: 1 }]);
    for (const org of ['default', 'nobody']) {
      expect(await spent(`by=org&org=${org}`, ACME)).toMatchObject({ rows: [], total: { requests: 0 } });
    }
  });

  it('gives one page after the other, the total on the first', async () => {
    const first = await spent('by=day,team&limit=2');
    expect([first.rows.length, first.total?.requests]).toEqual([2, 3]);
    const second = await spent(`by=day,team&limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ rows: [{ day: '2026-01-03', team: null }], total: null, nextCursor: null });
  });

  it.each([
    ['by=nobody', 'by'],
    ['by=key,key', 'by'],
    ['by=', 'by'],
    ['format=xml', 'format'],
    ['since=yesterday', 'since'],
    ['cursor=abc', 'cursor'],
    [`cursor=${Buffer.from('["x"]').toString('base64url')}`, 'cursor'],
    [`by=key&cursor=${Buffer.from('[1]').toString('base64url')}`, 'cursor'],
    ['limit=0', 'limit'],
  ])('refuses ?%s', async (query, param) => {
    const error = { code: 'invalid_value', details: { param } };
    await expect(ask(routeOf([]), 'getSpend', { query })).rejects.toMatchObject(error);
  });

  it('writes all of it as CSV, as text and nothing else', async () => {
    const [route] = routeOf([
      { team: '=1+1', endUser: 'a,"b"' },
      ...Array.from({ length: 400 }, (_, n) => ({ team: `t${n}` })),
    ]);
    const answer = await askCsv(route, ACME);
    expect(answer.headers['content-type']).toMatch('text/csv');
    // Of another organisation.
    expect((await textOf(answer)).split('\r\n')).toEqual([HEADER, '']);
    const operator = await textOf(await askCsv(route));
    const lines = operator.split('\r\n');
    expect([lines[0], lines[1], lines.length]).toEqual([
      HEADER,
      `'=1+1,"a,""b""",key_1,ci,1,0,3,4,0,1000,0,0,1,0,0,0`,
      403,
    ]);
  });

  it('gives whoever reads a table five minutes for it, then the place to others', async () => {
    const clock = createManualClock();
    const [route] = routeOf(
      Array.from({ length: 600 }, (_, n) => ({ team: `t${n}` })),
      clock,
    );
    const slow = await Promise.all([askCsv(route), askCsv(route)]);
    const waiting = askCsv(route).then(textOf);
    clock.advance(300_000);
    for (const answer of slow) await expect(textOf(answer)).rejects.toMatchObject({ code: 'request_timeout' });
    expect((await waiting).split('\r\n')).toHaveLength(602);
  });
});

const HEADER =
  'team,endUser,key,keyName,requests,failures,inputTokens,outputTokens,cachedTokens,costMicroUsd,abandonedMicroUsd,unpriced,' +
  'usageProvider,usageCounted,usageEstimated,usageUnknown';

/** As a client asks that prefers CSV. */
async function askCsv(route: Route | undefined, principal: Principal = ADMIN): Promise<Answer> {
  if (!route) throw new Error('There is no route.');
  return route.handle({
    params: {},
    query: new URLSearchParams('by=team,endUser,key'),
    headers: { accept: 'text/csv' },
    principal,
    requestId: 'r',
    signal: new AbortController().signal,
    json: () => Promise.resolve(undefined),
    note: () => Promise.resolve(),
    change: async ({ work }) => work(),
  });
}

async function textOf(answer: Answer): Promise<string> {
  if (answer.kind === 'plain') throw new Error('The answer is no stream.');
  let text = '';
  for await (const chunk of answer.chunks) text += chunk.toString();
  return text;
}
