import type { AuditQuery, AuditRepository, AuditRow } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { z } from 'zod';
import { jsonContent, noStore } from '../answers.js';
import { parseQuery } from '../parse-input.js';
import type { Route, RouteCall } from '../route.js';
import { pageLimit, timeParam } from './page-query.js';

const DEFAULT_LIMIT = 100;

const word = z.string().min(1).max(200);
const pageQuery = z.strictObject({
  since: timeParam('Leaves out what was done earlier').exactOptional(),
  until: timeParam('Leaves out what was done then or later').exactOptional(),
  actor: word.meta({ description: 'The id of the key that did it.' }).exactOptional(),
  action: word.meta({ description: 'What was done.', example: 'createKey' }).exactOptional(),
  object: word.meta({ description: 'The id of what it was done to.' }).exactOptional(),
  limit: pageLimit(DEFAULT_LIMIT).exactOptional(),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'expected the nextCursor of the page before')
    .transform(Number)
    .meta({ description: 'The nextCursor of the page before.' })
    .exactOptional(),
});

const auditView = z
  .strictObject({
    id: z.int().meta({ description: 'The number of the row, from 1 without a gap.' }),
    at: z.iso.datetime(),
    actor: z.string().meta({ description: 'The id of the key that did it; "cli" for the command line.' }),
    actorName: z.string(),
    role: z.string(),
    tenant: z.string(),
    action: z.string().meta({ description: 'What was done, as the operation is called here.', example: 'createKey' }),
    object: z.string().meta({ description: 'The id of what it was done to; empty where it has none.' }),
    before: z.string().nullable().meta({ description: 'Digest of the state before, without secrets.' }),
    after: z.string().nullable().meta({ description: 'Digest of the state after, without secrets.' }),
    changed: z.array(z.string()).meta({ description: 'The names of the fields that differ.' }),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    hash: z.string().meta({ description: 'The link to the next row.' }),
  })
  .meta({ description: 'One action of an operator.' });

const auditPage = z
  .strictObject({
    data: z.array(auditView),
    nextCursor: z.string().nullable().meta({ description: 'Asks for the next page; null on the last one.' }),
  })
  .meta({ description: 'Actions, newest first.' });

/** `/admin/v1/audit`. */
export function createAuditRoute(audit: Pick<AuditRepository, 'page'>): Route {
  return {
    method: 'GET',
    path: '/admin/v1/audit',
    access: 'audit:read',
    openapi: {
      operationId: 'listAudit',
      summary: 'List what operators did, newest first',
      tags: ['audit'],
      requestParams: { query: pageQuery },
      responses: { 200: { description: 'One page.', content: jsonContent(auditPage) } },
    },
    handle: (call) => listAudit(call, audit),
  };
}

async function listAudit({ query }: RouteCall, audit: Pick<AuditRepository, 'page'>): Promise<Answer> {
  const { since, until, cursor, limit = DEFAULT_LIMIT, ...filters } = parseQuery(pageQuery, query);
  const asked: AuditQuery = {
    ...filters,
    limit: limit + 1,
    ...(since !== undefined && { sinceMs: since }),
    ...(until !== undefined && { untilMs: until }),
    ...(cursor !== undefined && { before: cursor }),
  };
  // One more than is shown tells whether there is another page.
  const rows = await audit.page(asked);
  const shown = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? String(shown.at(-1)?.seq) : null;
  return jsonAnswer(200, { data: shown.map(toAuditView), nextCursor }, noStore);
}

function toAuditView({
  seq,
  atMs,
  before,
  after,
  changed,
  address,
  requestId,
  ...row
}: AuditRow): z.input<typeof auditView> {
  const { actor, actorName, role, tenant, action, object, hash } = row;
  return {
    id: seq,
    at: new Date(atMs).toISOString(),
    ...{ actor, actorName, role, tenant, action, object, hash },
    before: before ?? null,
    after: after ?? null,
    changed: changed ? changed.split(' ') : [],
    address: address ?? null,
    requestId: requestId ?? null,
  };
}
