import type { AdmissionRequest, ClaimState, Clock, CounterStore, ReserveResult } from '@sluice/contract';
import type { Holding } from './admission.js';
import type { Alerts } from './alerts.js';
import type { LimitBook, Rules } from './book.js';
import { toClaims } from './claims.js';
import type { GuardedStore, Reserved } from './guarded-store.js';
import { toHeaders } from './headers.js';
import { budgetRefusal, unpricedRefusal } from './refusal.js';
import { SPEND } from './templates.js';
import type { Budget, Template } from './templates.js';

export interface ReservingDeps {
  readonly clock: Clock;
  readonly book: () => LimitBook;
  readonly limits: GuardedStore;
  readonly budgets: GuardedStore;
  readonly alerts: Alerts;
  readonly onError: (cause: unknown) => void;
}

/** A reservation over every scope, or the limits that did not fit. */
export type Outcome =
  { readonly ok: true; readonly holding: Holding } | { readonly ok: false; readonly states: readonly ClaimState[] };

const NOTHING: Reserved = { result: { ok: true, id: '', states: [] }, store: undefined };

/**
 * Takes what a request may use at most of all its limits and budgets, or nothing. Resolves with limits that did not fit, for
 * they come back; rejects with `insufficient_quota` for a budget, and where a store fails as its policy says.
 */
export async function reserveAll(deps: ReservingDeps, asking: AdmissionRequest, signal: AbortSignal): Promise<Outcome> {
  const { principal, models, endUser } = asking;
  const rules = deps.book().rulesFor(principal, models, endUser);
  return deps.limits.store === deps.budgets.store && rules.budgets.length > 0
    ? reserveTogether(deps, { asking, rules, signal })
    : reserveApart(deps, { asking, rules, signal });
}

interface Case {
  readonly asking: AdmissionRequest;
  readonly rules: Rules;
  readonly signal: AbortSignal;
}

/** One store counts both: one atomic step. */
async function reserveTogether(deps: ReservingDeps, { asking, rules, signal }: Case): Promise<Outcome> {
  const { atMost, id } = asking;
  const limits = toClaims(rules.limits, atMost);
  const reserve = (budgets: readonly Template[]): Promise<Reserved> =>
    deps.budgets.reserve(id, [...limits, ...toClaims(budgets, atMost)], signal);
  const priced = atPresent(deps, asking, rules.budgets);
  let reserved = await reserve(priced);
  let instead: string | undefined;
  if (!reserved.result.ok) {
    const budget = budgetAt(rules.budgets, reserved.result.states[0]);
    if (!budget) return { ok: false, states: reserved.result.states };
    instead = insteadOf({ ...deps, asking }, budget, reserved.result.states[0] as ClaimState);
    reserved = await reserve(priced.map(unlimited));
    if (!reserved.result.ok) return { ok: false, states: reserved.result.states };
  }
  noteAlerts(deps, rules.budgets, { result: reserved.result, asking });
  return { ok: true, holding: holdingOf(asking, rules, { parts: [reserved], instead }) };
}

/** Two stores: what was taken of the first is given back where the second refuses. */
async function reserveApart(deps: ReservingDeps, { asking, rules, signal }: Case): Promise<Outcome> {
  const { atMost, id } = asking;
  const limits =
    rules.limits.length === 0 ? NOTHING : await deps.limits.reserve(id, toClaims(rules.limits, atMost), signal);
  if (!limits.result.ok) return { ok: false, states: limits.result.states };
  if (rules.budgets.length === 0) {
    return { ok: true, holding: holdingOf(asking, rules, { parts: [limits], instead: undefined }) };
  }
  try {
    const { reserved, instead } = await reserveBudgets(deps, { asking, rules, signal });
    return { ok: true, holding: holdingOf(asking, rules, { parts: [limits, reserved], instead }) };
  } catch (cause) {
    await limits.store?.cancel(id).catch(deps.onError);
    throw cause;
  }
}

async function reserveBudgets(
  deps: ReservingDeps,
  { asking, rules, signal }: Case,
): Promise<{ readonly reserved: Reserved; readonly instead: string | undefined }> {
  const { atMost, id } = asking;
  const priced = atPresent(deps, asking, rules.budgets);
  const reserved = await deps.budgets.reserve(id, toClaims(priced, atMost), signal);
  if (reserved.result.ok) {
    noteAlerts(deps, rules.budgets, { result: reserved.result, asking });
    return { reserved, instead: undefined };
  }
  const refused = reserved.result.states[0] as ClaimState;
  const instead = insteadOf({ ...deps, asking }, budgetAt(rules.budgets, refused) as Budget, refused);
  return { reserved: await deps.budgets.reserve(id, toClaims(priced.map(unlimited), atMost), signal), instead };
}

/** What goes to another model counts all the same, and is not refused a second time. */
function unlimited(template: Template): Template {
  return { ...template, limit: Number.MAX_SAFE_INTEGER };
}

/** The alias that a budget names for the time when it is used up. Throws the refusal where it names none. */
function insteadOf(
  { alerts, asking }: Pick<ReservingDeps, 'alerts'> & Pick<Case, 'asking'>,
  budget: Budget,
  refused: ClaimState,
): string {
  alerts.exceeded(budget, refused);
  const { fallback } = budget.rules;
  if (fallback === undefined || !asking.mayGoElsewhere) throw budgetRefusal(refused, budget);
  return fallback;
}

/** The budgets as they are at the moment. Throws the refusal of one that takes no requests without a price. */
function atPresent(
  { clock }: ReservingDeps,
  { atMost }: AdmissionRequest,
  budgets: readonly Template[],
): readonly Template[] {
  return budgets.map((template) => {
    const { raise, unpriced } = template.budget?.rules ?? {};
    if (unpriced === 'refuse' && atMost.nanoUsd === undefined) throw unpricedRefusal(template.budget as Budget);
    return raise && clock.now() < raise.untilMs ? { ...template, limit: template.limit + raise.nanoUsd } : template;
  });
}

function budgetAt(templates: readonly Template[], state: ClaimState | undefined): Budget | undefined {
  if (state?.claim.name !== SPEND) return undefined;
  const { claim } = state;
  const isIt = ({ scope, span, windowMs }: Template): boolean =>
    scope === claim.scope && span === claim.span && windowMs === claim.windowMs;
  return templates.find(isIt)?.budget;
}

function noteAlerts(
  { alerts }: ReservingDeps,
  templates: readonly Template[],
  { result, asking }: { readonly result: ReserveResult; readonly asking: AdmissionRequest },
): void {
  for (const state of result.states) {
    const budget = budgetAt(templates, state);
    if (budget) alerts.note(budget, state, asking.atMost.nanoUsd ?? 0);
  }
}

interface Parts {
  readonly parts: readonly Reserved[];
  readonly instead: string | undefined;
}

function holdingOf({ id, atMost }: AdmissionRequest, { budgets }: Rules, { parts, instead }: Parts): Holding {
  const states = parts.flatMap(({ result }) => result.states);
  const stores = parts.flatMap(({ store }): readonly CounterStore[] => (store ? [store] : []));
  const reservedNanoUsd = budgets.length > 0 ? (atMost.nanoUsd ?? 0) : undefined;
  return { id, headers: toHeaders(states), stores, instead, reservedNanoUsd };
}
