import { gatewayError } from '@sluice/contract';
import type { Clock, JsonObject, Principal, ResponseRecord, ResponseRepository } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import type { BackgroundResponses } from '@sluice/dialect-openai';
import { Waiters } from '@sluice/toolkit';
import { z } from 'zod';
import { jsonContent, noStore } from './answers.js';
import type { Route, RouteCall } from './route.js';

export interface ResponsesRoutesDeps {
  readonly responses: ResponseRepository;
  readonly background: BackgroundResponses;
  readonly clock: Clock;
}

const path = z.object({ id: z.string().meta({ description: 'The id of a response, `resp_...`.' }) });
const stored = z.looseObject({ id: z.string(), object: z.literal('response') }).meta({ id: 'Response' });
const deleted = z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) });
const items = z.object({
  object: z.literal('list'),
  data: z.array(z.looseObject({})),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.literal(false),
});
const requestParams = { path };

/** Stored responses, for whoever had them answered. Each tenant sees its own. */
export function createResponsesRoutes(deps: ResponsesRoutesDeps): readonly Route[] {
  const waiters = new Waiters(deps.clock);
  return [
    {
      method: 'GET',
      path: '/v1/responses/{id}',
      access: 'models:call',
      openapi: describeGet(),
      handle: async (call) => show(call, found(call, deps), deps),
    },
    {
      method: 'POST',
      path: '/v1/responses/{id}/cancel',
      access: 'models:call',
      openapi: describe('cancelResponse', 'End a response that is made in the background', stored),
      handle: async (call) => jsonAnswer(200, await deps.background.cancel(found(call, deps)), noStore),
    },
    {
      method: 'GET',
      path: '/v1/responses/{id}/input_items',
      access: 'models:call',
      openapi: describe('listResponseInputItems', 'List what a stored response answered', items),
      handle: async (call) => jsonAnswer(200, toItemList(found(call, deps)), noStore),
    },
    {
      method: 'DELETE',
      path: '/v1/responses/{id}',
      access: 'models:call',
      openapi: describe('deleteResponse', 'Forget a stored response', deleted),
      async handle(call) {
        const id = idOf(call);
        const tenant = tenantOf(call.principal);
        deps.background.forget({ tenant, id });
        const isDeleted = await waiters.whenFree(() => deps.responses.delete(tenant, id), call.signal);
        if (!isDeleted) throw notFound(id);
        return jsonAnswer(200, { id, object: 'response', deleted: true });
      },
    },
  ];
}

function describe(operationId: string, summary: string, schema: z.ZodType): Route['openapi'] {
  return {
    operationId,
    summary,
    tags: ['models'],
    requestParams,
    responses: { 200: { description: 'The answer.', content: jsonContent(schema) } },
  };
}

const query = z.object({
  stream: z.enum(['true', 'false']).optional().meta({ description: 'Whether its events are streamed.' }),
  starting_after: z.int().min(0).optional().meta({ description: 'The number of the last event that is not wanted.' }),
});

function describeGet(): Route['openapi'] {
  const described = describe('getResponse', 'Show a stored response', stored);
  const content = { ...jsonContent(stored), 'text/event-stream': { schema: z.string() } };
  return {
    ...described,
    requestParams: { path, query },
    responses: { 200: { description: 'The response, or its events as they come.', content } },
  };
}

function show({ query: asked }: RouteCall, record: ResponseRecord, { background }: ResponsesRoutesDeps): Answer {
  if (asked.get('stream') !== 'true') return jsonAnswer(200, background.current(record), noStore);
  const chunks = background.follow(record, startingAfter(asked.get('starting_after')));
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  };
  return { kind: 'stream', status: 200, headers, chunks };
}

function startingAfter(text: string | null): number {
  if (text === null) return -1;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw gatewayError('invalid_value', {
    message: 'starting_after: expected the number of an event.',
    details: { param: 'starting_after' },
  });
}

function found(call: RouteCall, { responses, clock }: ResponsesRoutesDeps): ResponseRecord {
  const id = idOf(call);
  const record = responses.find(tenantOf(call.principal), id, clock.now());
  if (!record) throw notFound(id);
  return record;
}

/** Newest first, as OpenAI lists them where the caller names no order. */
function toItemList({ id, input }: ResponseRecord): object {
  const data = input
    .map((item, index): JsonObject => ({ id: `item_${id}_${index}`, type: 'message', ...item }))
    .reverse();
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: false,
  };
}

function idOf({ params }: RouteCall): string {
  return params['id'] ?? '';
}

function tenantOf(principal: Principal | undefined): string {
  return principal?.tenant ?? '';
}

function notFound(id: string): Error {
  return gatewayError('not_found', {
    message: `Response with id "${id.slice(0, 100)}" not found.`,
    details: { param: 'id' },
  });
}
