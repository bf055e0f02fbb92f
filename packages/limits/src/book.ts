import type { AdmissionRequest, BudgetRules, LimitRules, Principal } from '@sluice/contract';
import { toBudgetRules } from './budget-settings.js';
import { budgetTemplate, templatesOf } from './templates.js';
import type { Budget, Template } from './templates.js';

/** A budget, and whose it is. */
export interface NamedBudget {
  readonly name: string;
  /** Absent: of each key that names it. */
  readonly scope?: string;
  readonly rules: BudgetRules;
}

export interface BookEntries {
  /** By scope: `team:search`, or `team:*` for each team that has none of its own. */
  readonly scopes: Readonly<Record<string, LimitRules>>;
  readonly budgets: readonly NamedBudget[];
}

/** What holds for a request. */
export interface Rules {
  readonly limits: readonly Template[];
  /** All of them, also several that count the same. */
  readonly budgets: readonly Template[];
}

const NONE: Rules = Object.freeze({ limits: [], budgets: [] });
/** A budget that a key names and that is gone must not leave it without one. */
const NOTHING_ALLOWED: BudgetRules = { nanoUsd: 0 };
const DEFAULT = 'default';

/** All limits and budgets of one configuration, beside those that a principal brings. */
export class LimitBook {
  readonly #scopes: ReadonlyMap<string, LimitRules>;
  readonly #scoped = new Map<string, NamedBudget[]>();
  readonly #named = new Map<string, NamedBudget>();
  readonly #ofPrincipal = new WeakMap<Principal, Rules>();
  /** Whether models or end users have limits, which no principal tells. */
  readonly #asksModels: boolean;
  readonly #asksEndUsers: boolean;

  constructor({ scopes, budgets }: BookEntries) {
    this.#scopes = new Map(Object.entries(scopes));
    for (const budget of budgets) {
      if (budget.scope === undefined) this.#named.set(budget.name, budget);
      else this.#scoped.set(budget.scope, [...(this.#scoped.get(budget.scope) ?? []), budget]);
    }
    const names = [...this.#scopes.keys(), ...this.#scoped.keys()];
    this.#asksModels = names.some((name) => name.startsWith('model:'));
    this.#asksEndUsers = names.some((name) => name.startsWith('end-user:'));
  }

  /** Whether nothing limits a caller, whatever it asks for. */
  isFree(principal: Principal): boolean {
    if (principal.kind === 'admin') return true;
    if (this.#asksModels || this.#asksEndUsers) return false;
    const { limits, budgets } = this.#rulesOf(principal);
    return limits.length === 0 && budgets.length === 0;
  }

  /** Reads of the request only what some limit asks for. */
  rulesFor(asking: Pick<AdmissionRequest, 'principal' | 'models' | 'endUser'>): Rules {
    const { principal } = asking;
    if (principal.kind === 'admin') return NONE;
    const own = this.#rulesOf(principal);
    const endUser = this.#asksEndUsers ? asking.endUser : undefined;
    const further = [
      ...(this.#asksModels ? asking.models.map((name) => this.#at('model:', name)) : []),
      ...(endUser === undefined ? [] : [this.#at('end-user:', `${principal.tenant}/${endUser}`)]),
    ];
    if (further.length === 0) return own;
    return {
      limits: [...own.limits, ...further.flatMap(({ limits }) => limits)],
      budgets: [...own.budgets, ...further.flatMap(({ budgets }) => budgets)],
    };
  }

  #rulesOf(principal: Principal): Rules {
    let rules = this.#ofPrincipal.get(principal);
    if (!rules) this.#ofPrincipal.set(principal, (rules = this.#collect(principal)));
    return rules;
  }

  #collect(principal: Principal): Rules {
    const { keyId, tenant, team, user } = principal;
    const scope = `key:${keyId}`;
    const above = [
      this.#at('key:', keyId),
      ...(user === undefined ? [] : [this.#at('user:', user)]),
      ...(team === undefined ? [] : [this.#at('team:', team)]),
      this.#at('org:', tenant),
    ];
    const budget = this.#ownBudget(principal);
    return {
      limits: [...templatesOf(scope, principal.limits), ...above.flatMap(({ limits }) => limits)],
      budgets: [...(budget ? [budgetTemplate({ ...budget, scope })] : []), ...above.flatMap(({ budgets }) => budgets)],
    };
  }

  #ownBudget({ budget }: Principal): Pick<Budget, 'name' | 'rules'> | undefined {
    if (typeof budget === 'object') return { name: 'own', rules: toBudgetRules(budget) };
    const named = this.#named.get(budget ?? DEFAULT);
    if (named) return named;
    return budget === undefined || budget === DEFAULT ? undefined : { name: budget, rules: NOTHING_ALLOWED };
  }

  #at(kind: string, id: string): Rules {
    const scope = kind + id;
    const rules = this.#scopes.get(scope) ?? this.#scopes.get(`${kind}*`);
    const budgets = this.#scoped.get(scope) ?? this.#scoped.get(`${kind}*`) ?? [];
    if (!rules && budgets.length === 0) return NONE;
    return {
      limits: rules ? templatesOf(scope, rules) : [],
      budgets: budgets.map(({ name, rules: each }) => budgetTemplate({ name, scope, rules: each })),
    };
  }
}
