import { gatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { scopeName, scopeRules } from '@sluice/limits';
import { z } from 'zod';
import type { LimitEntry, LiveBook } from '../../limits/live-book.js';
import type { AuditedChange } from '../../audit/audit-log.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import type { ScopeRights } from './scope-rights.js';

const PATH = '/admin/v1/limits';

const scope = scopeName.meta({
  description: 'Whose limits: team:ID, or team:* for each team without its own.',
  example: 'team:search',
});
const limitInput = scopeRules.extend({ scope }).meta({ description: 'Limits of a scope.' });
const source = z.enum(['file', 'database']).meta({ description: 'Where they come from; those of the database win.' });
const limitView = limitInput.extend({ source });
const limitList = z.strictObject({ data: z.array(limitView) });

export interface LimitRoutesDeps {
  readonly book: LiveBook;
  readonly rights: ScopeRights;
}

/** `/admin/v1/limits`: those of scopes; the limits of a key are the key's. */
export function createLimitRoutes(deps: LimitRoutesDeps): readonly Route[] {
  return [listRoute(deps), setRoute(deps), deleteRoute(deps)];
}

function listRoute({ book, rights }: LimitRoutesDeps): Route {
  return {
    method: 'GET',
    path: PATH,
    access: 'limits:read',
    openapi: {
      operationId: 'listLimits',
      summary: 'List the limits of scopes',
      tags: ['limits'],
      responses: { 200: { description: 'Limits by scope.', content: jsonContent(limitList) } },
    },
    async handle(call) {
      const seen = book.limits().filter((entry) => rights.sees(principalOf(call), entry.scope));
      return jsonAnswer(200, { data: seen.map(toView) }, noStore);
    },
  };
}

function setRoute(deps: LimitRoutesDeps): Route {
  return {
    method: 'POST',
    path: PATH,
    access: 'limits:write',
    audit: 'change',
    openapi: {
      operationId: 'setLimits',
      summary: "Set the limits of a scope; they win over the file's, and hold in every process within a second",
      tags: ['limits'],
      requestBody: { required: true, content: jsonContent(limitInput) },
      responses: { 200: { description: 'The limits that hold now.', content: jsonContent(limitView) } },
    },
    handle: (call) => set(call, deps),
  };
}

function deleteRoute({ book, rights }: LimitRoutesDeps): Route {
  return {
    method: 'DELETE',
    path: `${PATH}/{id}`,
    access: 'limits:write',
    audit: 'change',
    openapi: {
      operationId: 'deleteLimits',
      summary: 'Take back the limits that were set for a scope; those of the file hold again',
      tags: ['limits'],
      requestParams: { path: z.object({ id: scope }) },
      responses: { 204: { description: 'They are gone.' } },
    },
    async handle(call) {
      const name = call.params['id'] ?? '';
      const remove = (): boolean => {
        const entry = book.limits().find((one) => one.scope === name && one.source === 'database');
        rights.assertMayChange(principalOf(call), name, entry?.by);
        return book.deleteLimit(name);
      };
      const found = await call.change(changeOf(book, name, remove));
      if (!found) throw gatewayError('not_found', { message: 'No limits were set for this scope.' });
      return { kind: 'plain', status: 204, headers: noStore, body: '' };
    },
  };
}

async function set(call: RouteCall, { book, rights }: LimitRoutesDeps): Promise<Answer> {
  const { scope: name, ...rules } = parseInput(limitInput, await call.json());
  // Whether it may be changed is asked within the change: another machine may just have set what operators alone change.
  const put = (): void => {
    const before = book.limits().find((one) => one.scope === name);
    book.setLimit(name, rules, rights.assertMayChange(principalOf(call), name, before?.by));
  };
  await call.change(changeOf(book, name, put));
  return jsonAnswer(200, toView({ scope: name, rules, source: 'database' }), noStore);
}

function changeOf<T extends boolean | void>(book: LiveBook, name: string, work: () => T): AuditedChange<T> {
  const view = (): object | undefined => {
    const entry = book.limits().find((one) => one.scope === name);
    return entry && toView(entry);
  };
  return { work, object: (result) => (result === false ? undefined : name), before: view, after: view };
}

function toView({ scope: name, rules, source: from }: Omit<LimitEntry, 'by'>): z.output<typeof limitView> {
  return { scope: name, ...rules, source: from };
}
