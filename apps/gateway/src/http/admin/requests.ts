import { may, sees, visibleTenant } from '@sluice/auth';
import { gatewayError } from '@sluice/contract';
import type { Ledger, LedgerQuery, Principal } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import type { LedgerRows } from '../../compose/shared-ledger.js';
import type { RequestHistory, ShownBodies } from '../../history/request-history.js';
import { parseQuery } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import { jsonContent, noStore } from '../answers.js';
import { rowsHeaders } from './own-rows.js';
import { pageLimit, timeParam } from './page-query.js';
import { requestView, shownRequestView, toRequestView } from './request-view.js';

export interface RequestRoutesDeps {
  /** Flushed before each look, so that a request that has ended is seen to have ended. */
  readonly ledger: Pick<Ledger, 'flush'>;
  readonly rows: LedgerRows;
  readonly history: Pick<RequestHistory, 'find'>;
}

const DEFAULT_LIMIT = 100;

const cursor = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,200}$/, 'expected the nextCursor of the page before')
  .meta({ description: 'The nextCursor of the page before.' });

const pageQuery = z.strictObject({
  since: timeParam('Leaves out what began earlier').exactOptional(),
  limit: pageLimit(DEFAULT_LIMIT).exactOptional(),
  cursor: cursor.exactOptional(),
});

const requestPage = z
  .strictObject({
    data: z.array(requestView),
    nextCursor: z.string().nullable().meta({ description: 'Asks for the next page; null on the last one.' }),
  })
  .meta({ description: 'Requests, newest first.' });

/** `/admin/v1/requests`. */
export function createRequestRoutes(deps: RequestRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/admin/v1/requests',
      access: 'requests:read',
      openapi: {
        operationId: 'listRequests',
        summary: 'List requests of callers, newest first',
        tags: ['requests'],
        requestParams: { query: pageQuery },
        responses: { 200: { description: 'One page.', content: jsonContent(requestPage) } },
      },
      handle: (call) => listRequests(call, deps),
    },
    {
      method: 'GET',
      path: '/admin/v1/requests/{id}',
      access: 'requests:read',
      openapi: {
        operationId: 'getRequest',
        summary: 'Show one request',
        tags: ['requests'],
        requestParams: { path: z.object({ id: z.string().meta({ description: 'The id of a request.' }) }) },
        responses: { 200: { description: 'The request.', content: jsonContent(shownRequestView) } },
      },
      handle: (call) => getRequest(call, deps),
    },
  ];
}

async function listRequests(call: RouteCall, deps: RequestRoutesDeps): Promise<Answer> {
  const asked = parseQuery(pageQuery, call.query);
  const tenant = visibleTenant(principalOf(call));
  await flushed(deps);
  const page = await deps.rows.page({ ...toLedgerQuery(asked), ...(tenant !== undefined && { tenant }) });
  const answer = { data: page.rows.map(toRequestView), nextCursor: page.nextCursor ?? null };
  return jsonAnswer(200, answer, rowsHeaders(page));
}

function toLedgerQuery({
  since: sinceMs,
  limit: rows = DEFAULT_LIMIT,
  cursor: from,
}: z.output<typeof pageQuery>): LedgerQuery {
  return { limit: rows, ...(sinceMs !== undefined && { sinceMs }), ...(from !== undefined && { cursor: from }) };
}

async function getRequest(call: RouteCall, deps: RequestRoutesDeps): Promise<Answer> {
  await flushed(deps);
  const row = await deps.rows.find(call.params['id'] ?? '');
  const principal = principalOf(call);
  if (row && sees(principal, row.tenant)) {
    return jsonAnswer(200, { ...toRequestView(row), ...bodiesFor(principal, row.id, deps) }, noStore);
  }
  throw gatewayError('not_found', { message: 'There is no such request.' });
}

const WITHHELD = { bodies: 'withheld', request: null, response: null } as const;

function bodiesFor(principal: Principal, id: string, { history }: RequestRoutesDeps): ShownBodies | typeof WITHHELD {
  return may(principal, 'bodies:read') ? history.find(id) : WITHHELD;
}

/** What cannot be written is still shown as it was before. */
async function flushed({ ledger }: RequestRoutesDeps): Promise<void> {
  await ledger.flush().catch(() => undefined);
}
