import { gatewayError } from '@sluice/contract';
import type { Clock, GatewayError } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer } from '@sluice/core';
import { budgetSettings } from '@sluice/limits';
import { z } from 'zod';
import type { BudgetEntry, LiveBook, Maker } from '../../limits/live-book.js';
import { spendingOf } from '../../limits/spending.js';
import type { ReadSpending } from '../../limits/spending.js';
import type { AuditedChange } from '../../audit/audit-log.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import type { ScopeRights } from './scope-rights.js';

const PATH = '/admin/v1/budgets';

const name = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'What keys call it by; `default` holds for each key that names none.', example: 'default' });
const budgetInput = budgetSettings
  .safeExtend({ name })
  .meta({ description: 'A budget; a webhook is for the file alone.' });
const raiseInput = z.strictObject({
  usd: z.number().positive().max(9_000_000).meta({ description: 'So much more.' }),
  until: z.iso.datetime({ offset: true }).meta({ description: 'Until then.' }),
});
const usdView = z.number().nonnegative();
const spentView = z.strictObject({
  scope: z.string(),
  usedUsd: usdView.meta({ description: 'What is spent, and what is reserved at the moment.' }),
  resetsAt: z.iso.datetime().nullable(),
});
const budgetView = z.strictObject({
  name,
  scope: z.string().nullable().meta({ description: 'Whose it is; null: of each key that names it.' }),
  usd: usdView.nullable(),
  softUsd: usdView.nullable(),
  window: z.string().nullable(),
  alertsAt: z.array(z.number()).nullable(),
  exceededStatus: z.int(),
  fallback: z.string().nullable(),
  unpriced: z.enum(['allow', 'refuse']),
  raise: z.strictObject({ usd: usdView, until: z.iso.datetime() }).nullable(),
  source: z.enum(['file', 'database']),
  spent: z.array(spentView),
});
const budgetList = z.strictObject({ data: z.array(budgetView) });

export interface BudgetRoutesDeps {
  readonly book: LiveBook;
  readonly rights: ScopeRights;
  readonly clock: Clock;
  readonly readSpending: ReadSpending;
}

/** `/admin/v1/budgets`. */
export function createBudgetRoutes(deps: BudgetRoutesDeps): readonly Route[] {
  return [listRoute(deps), setRoute(deps), raiseRoute(deps), deleteRoute(deps)];
}

function listRoute(deps: BudgetRoutesDeps): Route {
  return {
    method: 'GET',
    path: PATH,
    access: 'budgets:read',
    openapi: {
      operationId: 'listBudgets',
      summary: 'List budgets, and what is spent of them',
      tags: ['budgets'],
      responses: { 200: { description: 'All budgets.', content: jsonContent(budgetList) } },
    },
    async handle(call) {
      const principal = principalOf(call);
      const seen = deps.book.budgets().filter((entry) => deps.rights.sees(principal, entry.scope));
      return jsonAnswer(200, { data: seen.map((entry) => toView(entry, deps)) }, noStore);
    },
  };
}

function setRoute(deps: BudgetRoutesDeps): Route {
  return {
    method: 'POST',
    path: PATH,
    access: 'budgets:write',
    audit: 'change',
    openapi: {
      operationId: 'setBudget',
      summary: "Set a budget; it wins over the file's of that name, and holds in every process within a second",
      tags: ['budgets'],
      requestBody: { required: true, content: jsonContent(budgetInput) },
      responses: { 200: { description: 'The budget that holds now.', content: jsonContent(budgetView) } },
    },
    handle: (call) => set(call, deps),
  };
}

function raiseRoute(deps: BudgetRoutesDeps): Route {
  return {
    method: 'POST',
    path: `${PATH}/{id}/raise`,
    access: 'budgets:write',
    audit: 'change',
    openapi: {
      operationId: 'raiseBudget',
      summary: 'Raise a budget for some time',
      tags: ['budgets'],
      requestParams: { path: z.object({ id: name }) },
      requestBody: { required: true, content: jsonContent(raiseInput) },
      responses: { 200: { description: 'The budget that holds now.', content: jsonContent(budgetView) } },
    },
    async handle(call) {
      const { name: given } = findMine(call, deps);
      const { usd, until } = parseInput(raiseInput, await call.json());
      const raise = { usd, untilMs: Date.parse(until) };
      await call.change(changeOf(deps.book, given, () => deps.book.raise(given, raise, findMine(call, deps).maker)));
      return jsonAnswer(200, toView(find(deps, given), deps), noStore);
    },
  };
}

function deleteRoute(deps: BudgetRoutesDeps): Route {
  return {
    method: 'DELETE',
    path: `${PATH}/{id}`,
    access: 'budgets:write',
    audit: 'change',
    openapi: {
      operationId: 'deleteBudget',
      summary: "Take back a budget that was set, or the raise of one of the file's",
      tags: ['budgets'],
      requestParams: { path: z.object({ id: name }) },
      responses: { 204: { description: 'It is gone.' } },
    },
    async handle(call) {
      const { name: given } = findMine(call, deps);
      const remove = (): boolean => deps.book.deleteBudget(findMine(call, deps).name);
      if (!(await call.change(changeOf(deps.book, given, remove)))) {
        throw gatewayError('invalid_value', { message: "This budget is the file's.", details: { param: 'name' } });
      }
      return { kind: 'plain', status: 204, headers: noStore, body: '' };
    },
  };
}

async function set(call: RouteCall, deps: BudgetRoutesDeps): Promise<Answer> {
  const { name: given, ...settings } = parseInput(budgetInput, await call.json());
  if (settings.webhook !== undefined) {
    throw gatewayError('unsafe_url', {
      message: "Webhooks are set in the operator's file.",
      details: { param: 'webhook' },
    });
  }
  const put = (): void => {
    const before = deps.book.budgets().find((one) => one.name === given);
    const by = deps.rights.assertMayChange(principalOf(call), settings.scope, before?.by);
    // A name is not to be taken away from another scope.
    if (before) deps.rights.assertMayChange(principalOf(call), before.scope, before.by);
    deps.book.setBudget(given, settings, by);
  };
  await call.change(changeOf(deps.book, given, put));
  return jsonAnswer(200, toView(find(deps, given), deps), noStore);
}

function changeOf<T extends boolean | void>(book: LiveBook, given: string, work: () => T): AuditedChange<T> {
  const view = (): object | undefined => book.budgets().find((one) => one.name === given);
  return { work, object: (result) => (result === false ? undefined : given), before: view, after: view };
}

/**
 * A budget that the caller may change, and as whom. What it does not see is not told from what nobody has. Asked again within
 * the change: another machine may just have set what operators alone change.
 */
function findMine(call: RouteCall, deps: BudgetRoutesDeps): BudgetEntry & { readonly maker: Maker } {
  const entry = find(deps, call.params['id'] ?? '');
  if (!deps.rights.sees(principalOf(call), entry.scope)) throw noSuchBudget();
  return { ...entry, maker: deps.rights.assertMayChange(principalOf(call), entry.scope, entry.by) };
}

function find({ book }: BudgetRoutesDeps, given: string): BudgetEntry {
  const entry = book.budgets().find((one) => one.name === given);
  if (entry) return entry;
  throw noSuchBudget();
}

function noSuchBudget(): GatewayError {
  return gatewayError('not_found', { message: 'There is no such budget.' });
}

function toView(entry: BudgetEntry, { clock, readSpending }: BudgetRoutesDeps): z.output<typeof budgetView> {
  const { terms, raise, scope = null, source } = entry;
  const isRaised = raise !== undefined && raise.untilMs > clock.now();
  return {
    name: entry.name,
    scope,
    usd: terms.usd ?? null,
    softUsd: terms.softUsd ?? null,
    window: terms.window ?? null,
    alertsAt: terms.alertsAt ? [...terms.alertsAt] : null,
    exceededStatus: terms.exceededStatus ?? 429,
    fallback: terms.fallback ?? null,
    unpriced: terms.unpriced ?? 'allow',
    raise: isRaised ? { usd: raise.usd, until: new Date(raise.untilMs).toISOString() } : null,
    source,
    spent: spendingOf(entry, readSpending).map(({ scope: of, usedUsd, resetsAtMs }) => ({
      scope: of,
      usedUsd,
      resetsAt: resetsAtMs === null ? null : new Date(resetsAtMs).toISOString(),
    })),
  };
}
