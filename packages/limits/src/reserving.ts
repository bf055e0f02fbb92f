import type {
  AdmissionRequest,
  Claim,
  ClaimState,
  Clock,
  CounterStore,
  LedgerIntent,
  ReserveResult,
} from '@sluice/contract';
import type { Holding } from './admission.js';
import type { Alerts } from './alerts.js';
import type { LimitBook, Rules } from './book.js';
import { atMostNanoUsd, toClaims } from './claims.js';
import type { GuardedStore, Reserved } from './guarded-store.js';
import { toHeaders } from './headers.js';
import { budgetRefusal, refusal, unpricedRefusal } from './refusal.js';
import { SPEND, isSameCount, tightest } from './templates.js';
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

/** What is asked of the stores for a request. */
export interface Case {
  readonly asking: AdmissionRequest;
  readonly signal: AbortSignal;
  /** Whether its row may be written with what is reserved: not where that may be given back unused. */
  readonly mayRecord: boolean;
}

const NOTHING: Reserved = { result: { ok: true, id: '', states: [] }, store: undefined, isRecorded: false };

/**
 * Takes what a request may use at most of all its limits and budgets, or nothing. Resolves with limits that did not fit, for
 * they come back; rejects with `insufficient_quota` for a budget, and where a store fails as its policy says.
 */
export function reserveAll(deps: ReservingDeps, asked: Case): Promise<Outcome> {
  const rules = deps.book().rulesFor(asked.asking);
  return deps.limits.store === deps.budgets.store && rules.budgets.length > 0
    ? reserveTogether(deps, asked, rules)
    : reserveApart(deps, asked, rules);
}

/** One store counts both: one atomic step. */
async function reserveTogether(deps: ReservingDeps, asked: Case, rules: Rules): Promise<Outcome> {
  const { asking } = asked;
  const { reserved, instead } = await reserveBudgets(deps, asked, {
    limits: toClaims(rules.limits, asking.atMost),
    budgets: rules.budgets,
  });
  if (!reserved.result.ok) return { ok: false, states: reserved.result.states };
  return { ok: true, holding: holdingOf(asking, rules, { parts: [reserved], instead }) };
}

/** Two stores: what was taken of the first is given back where the second refuses. */
async function reserveApart(deps: ReservingDeps, asked: Case, rules: Rules): Promise<Outcome> {
  const { asking } = asked;
  const limits = rules.limits.length === 0 ? NOTHING : await reserveLimits(deps, asked, rules);
  if (!limits.result.ok) return { ok: false, states: limits.result.states };
  if (rules.budgets.length === 0) {
    return { ok: true, holding: holdingOf(asking, rules, { parts: [limits], instead: undefined }) };
  }
  try {
    const { reserved, instead } = await reserveBudgets(deps, asked, { limits: [], budgets: rules.budgets });
    if (!reserved.result.ok) throw refusal(reserved.result.states);
    return { ok: true, holding: holdingOf(asking, rules, { parts: [limits, reserved], instead }) };
  } catch (cause) {
    await limits.store?.cancel(asking.id).catch(deps.onError);
    throw cause;
  }
}

function reserveLimits({ limits }: ReservingDeps, asked: Case, rules: Rules): Promise<Reserved> {
  const { asking, signal } = asked;
  // The row goes with what is reserved last.
  const row = rules.budgets.length === 0 ? rowFor(asked, limits, []) : undefined;
  return limits.reserve({ id: asking.id, claims: toClaims(rules.limits, asking.atMost), row }, signal);
}

/** Nothing where it is somebody else who writes it. */
function rowFor(
  { asking, mayRecord }: Case,
  store: GuardedStore,
  budgets: readonly Template[],
): LedgerIntent | undefined {
  return mayRecord && store.records ? asking.toRow?.(reservedNanoUsdOf(asking, budgets)) : undefined;
}

/** As the row and the admission say it. */
function reservedNanoUsdOf(
  { atMost }: Pick<AdmissionRequest, 'atMost'>,
  budgets: readonly Template[],
): number | undefined {
  return budgets.length > 0 ? (atMost.nanoUsd ?? 0) : undefined;
}

interface Claimed {
  /** Of the same store. */
  readonly limits: readonly Claim[];
  readonly budgets: readonly Template[];
}

interface BudgetsReserved {
  readonly reserved: Reserved;
  readonly instead: string | undefined;
}

/**
 * Takes money of every budget, and what `limits` claim in the same store. A budget that is used up and names an alias is
 * lifted, it alone, for what goes there counts all the same; of several the first one's alias answers. Resolves with a
 * refusal only where one of `limits` did not fit; throws that of a budget.
 */
async function reserveBudgets(
  deps: ReservingDeps,
  asked: Case,
  { limits, budgets: all }: Claimed,
): Promise<BudgetsReserved> {
  const { asking, signal } = asked;
  const { atMost, id } = asking;
  let budgets = atPresent(deps, asking, all);
  const row = rowFor(asked, deps.budgets, all);
  let instead: string | undefined;
  for (let toLift = budgets.length; ; toLift -= 1) {
    const holding = tightest(budgets);
    const reserved = await deps.budgets.reserve({ id, claims: limits.concat(toClaims(holding, atMost)), row }, signal);
    if (reserved.result.ok) {
      noteAlerts(deps, all, { result: reserved.result, asking });
      return { reserved, instead };
    }
    const refused = spentOf(holding, reserved.result.states[0]);
    if (!refused) return { reserved, instead };
    const alias = insteadOf(deps, refused, asking.mayGoElsewhere && toLift > 0);
    instead ??= alias;
    budgets = budgets.map((each) => (each === refused.template ? unlimited(each) : each));
  }
}

interface Spent {
  readonly template: Template;
  readonly budget: Budget;
  readonly state: ClaimState;
}

/** The budget that did not fit; nothing where it was a limit. */
function spentOf(templates: readonly Template[], state: ClaimState | undefined): Spent | undefined {
  if (state?.claim.name !== SPEND) return undefined;
  const template = templates.find((one) => isSameCount(one, state.claim));
  return template?.budget && { template, budget: template.budget, state };
}

/** What goes to another model is not refused a second time. */
function unlimited(template: Template): Template {
  return { ...template, limit: Number.MAX_SAFE_INTEGER };
}

/** The alias that a budget names for the time when it is used up. Throws the refusal where there is none to go to. */
function insteadOf({ alerts }: ReservingDeps, { budget, state }: Spent, mayGoElsewhere: boolean): string {
  alerts.exceeded(budget, state);
  const { fallback } = budget.rules;
  if (fallback === undefined || !mayGoElsewhere) throw budgetRefusal(state, budget);
  return fallback;
}

/** The budgets as they are at the moment. Throws the refusal of one that takes no requests without a price. */
function atPresent(
  { clock }: ReservingDeps,
  asking: AdmissionRequest,
  budgets: readonly Template[],
): readonly Template[] {
  return budgets.map((template) => {
    const { nanoUsd, raise, unpriced } = template.budget?.rules ?? {};
    if (unpriced === 'refuse' && asking.mayBeUnpriced) throw unpricedRefusal(template.budget as Budget);
    const isRaised = nanoUsd !== undefined && raise !== undefined && clock.now() < raise.untilMs;
    return isRaised ? { ...template, limit: nanoUsd + raise.nanoUsd } : template;
  });
}

/** Of every budget, also of one that another limits more tightly. */
function noteAlerts(
  { alerts }: ReservingDeps,
  templates: readonly Template[],
  { result, asking }: { readonly result: ReserveResult; readonly asking: AdmissionRequest },
): void {
  for (const template of templates) {
    const state = result.states.find(({ claim }) => claim.name === SPEND && isSameCount(template, claim));
    if (state && template.budget) alerts.note(template.budget, state, atMostNanoUsd(asking.atMost));
  }
}

interface Parts {
  /** By the store of limits, and by that of budgets. */
  readonly parts: readonly [Reserved, Reserved?];
  readonly instead: string | undefined;
}

function holdingOf(asking: AdmissionRequest, { budgets }: Rules, { parts, instead }: Parts): Holding {
  const [first, second] = parts;
  const stores = storesOf(first.store, second?.store);
  const headers = second ? toHeaders(first.result.states, second.result.states) : toHeaders(first.result.states);
  const reservedNanoUsd = reservedNanoUsdOf(asking, budgets);
  return { id: asking.id, headers, stores, instead, reservedNanoUsd, isRecorded: (second ?? first).isRecorded };
}

/** Each once. */
function storesOf(first: CounterStore | undefined, second: CounterStore | undefined): readonly CounterStore[] {
  if (first && second && first !== second) return [first, second];
  const store = first ?? second;
  return store ? [store] : [];
}
