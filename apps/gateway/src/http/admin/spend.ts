import { visibleTenant } from '@sluice/auth';
import { SPEND_GROUPS, gatewayError } from '@sluice/contract';
import type { Clock, IncomingHeaders, Ledger, SpendQuery, SpendRow } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { LedgerSpend } from '../../compose/shared-ledger.js';
import { readCursor, toCursor } from '../../spend/cursor.js';
import { toCsv } from '../../spend/export.js';
import { timeRange } from '../../spend/time-range.js';
import { parseGroups, spendTotal, spendView, toSpendView } from '../../spend/view.js';
import { jsonContent } from '../answers.js';
import { parseQuery } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import { prefersCsv } from './accepts-csv.js';
import { rowsHeaders } from './own-rows.js';
import { pageLimit, timeParam } from './page-query.js';

export interface SpendRouteDeps {
  /** Flushed before each look, so that a request that has ended is counted. */
  readonly ledger: Pick<Ledger, 'flush'>;
  readonly spend: LedgerSpend;
  readonly clock: Pick<Clock, 'after'>;
}

const DEFAULT_LIMIT = 100;
/** From its first row on: whoever reads a table, however slowly, has a place for which others wait. */
const MAX_DOWNLOAD_MS = 300_000;
const GROUP = `(?:${SPEND_GROUPS.join('|')})`;

const groups = z
  .string()
  .regex(
    new RegExp(`^${GROUP}(?:,${GROUP}){0,${SPEND_GROUPS.length - 1}}$`),
    `expected names out of ${SPEND_GROUPS.join(', ')}`,
  )
  .transform((text) => parseGroups(text) ?? [])
  .refine((parsed) => parsed.length > 0, 'expected each name once')
  .meta({ description: 'What requests are told apart by, with commas between them.', example: 'team,day' });

const only = (whose: string) =>
  z
    .string()
    .max(512)
    .meta({ description: `Counts requests ${whose} alone; empty for those of none.` })
    .exactOptional();

const spendQuery = z.strictObject({
  by: groups.exactOptional(),
  since: timeParam('Leaves out what began earlier').exactOptional(),
  until: timeParam('Leaves out what began then or later').exactOptional(),
  org: only('of this organisation'),
  team: only('of this team'),
  user: only('of this user'),
  endUser: only('for this end user'),
  key: only('of this key'),
  provider: only('that this provider answered'),
  model: only('that this model answered'),
  alias: only('for this model as callers write it'),
  tag: only('with this tag'),
  limit: pageLimit(DEFAULT_LIMIT).exactOptional(),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,8000}$/, 'expected the nextCursor of the page before')
    .meta({ description: 'The nextCursor of the page before.' })
    .exactOptional(),
  format: z
    .enum(['json', 'csv'])
    .meta({ description: 'Absent: what Accept prefers. A table of CSV has every row, unless there is a limit.' })
    .exactOptional(),
});
type AskedSpend = z.output<typeof spendQuery>;

const spendPage = z
  .strictObject({
    data: z.array(spendView),
    total: spendTotal.nullable().meta({ description: 'Over all pages; null on all but the first one.' }),
    nextCursor: z.string().nullable().meta({ description: 'Asks for the next page; null on the last one.' }),
  })
  .meta({ description: 'What requests have cost, in the order of what they are told apart by.' });

/** `/admin/v1/spend`. */
export function createSpendRoute(deps: SpendRouteDeps): Route {
  return {
    method: 'GET',
    path: '/admin/v1/spend',
    access: 'spend:read',
    openapi: {
      operationId: 'getSpend',
      summary: 'What requests have cost, by day, key, team, model and more',
      tags: ['spend'],
      requestParams: { query: spendQuery },
      responses: {
        200: { description: 'Sums.', content: { ...jsonContent(spendPage), 'text/csv': { schema: z.string() } } },
      },
    },
    handle: (call) => getSpend(call, deps),
  };
}

async function getSpend(call: RouteCall, { ledger, spend, clock }: SpendRouteDeps): Promise<Answer> {
  const asked = parseQuery(spendQuery, call.query);
  const query = toQuery(asked, visibleTenant(principalOf(call)));
  // What cannot be written is still shown as it was before.
  await ledger.flush().catch(() => undefined);
  return wantsCsv(asked, call.headers)
    ? csvAnswer(query, { spend, clock }, call.signal)
    : pageAnswer({ ...query, limit: query.limit ?? DEFAULT_LIMIT }, spend, call.signal);
}

function wantsCsv({ format }: AskedSpend, { accept }: IncomingHeaders): boolean {
  return format === undefined ? prefersCsv(accept) : format === 'csv';
}

function toQuery(asked: AskedSpend, tenant: string | undefined): SpendQuery {
  const { by = ['day'], since, until, limit, cursor, format: _, ...filters } = asked;
  const after = cursor === undefined ? undefined : readCursor(cursor, by);
  if (cursor !== undefined && !after) {
    throw gatewayError('invalid_value', {
      message: 'The parameter "cursor" is not valid: expected the nextCursor of the page before.',
      details: { param: 'cursor' },
    });
  }
  return {
    by,
    ...timeRange(since, until),
    ...(tenant !== undefined && { tenant }),
    only: filters,
    ...(limit !== undefined && { limit }),
    ...(after && { after }),
  };
}

async function pageAnswer(
  { limit, ...query }: SpendQuery & { readonly limit: number },
  spend: LedgerSpend,
  signal: AbortSignal,
): Promise<Answer> {
  const isFirst = query.after === undefined;
  const read = await spend.read((sums) =>
    // One more than is shown tells whether there is another page.
    Promise.all([
      collect(sums.rows({ ...query, limit: limit + 1 }, signal)),
      isFirst ? sums.total(query, signal) : null,
    ]),
  );
  const [rows, total] = read.result;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last ? toCursor(last) : null;
  const page = { data: shown.map((row) => toSpendView(row, query.by)), total, nextCursor };
  return jsonAnswer(200, page, rowsHeaders(read));
}

async function collect(batches: AsyncIterable<readonly SpendRow[]>): Promise<readonly SpendRow[]> {
  const rows: SpendRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function tooSlow(): Error {
  return gatewayError('request_timeout', { message: 'The table was not taken away in time.' });
}

/** What fails before the first row is an answer like any other; later it cuts the table. */
async function csvAnswer(
  query: SpendQuery,
  { spend, clock }: Pick<SpendRouteDeps, 'spend' | 'clock'>,
  signal: AbortSignal,
): Promise<Answer> {
  const late = new AbortController();
  const read = await spend.read(async (sums) => {
    const batches = sums.rows(query, AbortSignal.any([signal, late.signal]))[Symbol.asyncIterator]();
    return { first: await batches.next(), batches };
  });
  const { first, batches } = read.result;
  const cancel = clock.after(MAX_DOWNLOAD_MS, () => late.abort(tooSlow()));
  const headers = {
    ...rowsHeaders(read),
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': 'attachment; filename="spend.csv"',
  };
  return {
    kind: 'stream',
    status: 200,
    headers,
    chunks: toCsv(resumed(first, batches, cancel), query.by),
    unframed: true,
  };
}

async function* resumed<T>(
  first: IteratorResult<T, undefined>,
  rest: AsyncIterator<T, undefined>,
  end: () => void,
): AsyncGenerator<T, undefined> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
    return undefined;
  } finally {
    end();
    await rest.return?.();
  }
}
