import type { ScopeRules } from '@sluice/limits';
import type { BudgetEntry, LimitEntry } from './live-book.js';

/**
 * The limits of scopes that hold, of those of the file and those that were set. What the gateway's operators set for a scope
 * takes the place of what they set for each of its kind (`team:*`); what an organisation set only adds to that.
 */
export function limitsInForce(entries: readonly LimitEntry[]): Readonly<Record<string, ScopeRules>> {
  const operators = new Map(entries.filter(isOfGateway).map(({ scope, rules }) => [scope, rules]));
  const organisations = entries
    .filter((entry) => !isOfGateway(entry))
    .map(({ scope, rules }) => {
      const above = operators.get(scope) ?? operators.get(eachOf(scope));
      return [scope, above ? tighter(above, rules) : rules] as const;
    });
  return Object.fromEntries([...operators, ...organisations]);
}

/** The same of budgets: what the operators set for each of a kind goes on beside what an organisation set for one of them. */
export function budgetsInForce(entries: readonly BudgetEntry[]): readonly BudgetEntry[] {
  const operators = entries.filter(isOfGateway);
  const taken = new Set(operators.map(({ scope }) => scope));
  const scopes = new Set(entries.filter((entry) => !isOfGateway(entry)).map(({ scope }) => scope));
  const further = [...scopes].flatMap((scope) => {
    if (scope === undefined || taken.has(scope)) return [];
    return operators.filter((entry) => entry.scope === eachOf(scope)).map((entry) => ({ ...entry, scope }));
  });
  return [...entries, ...further];
}

function isOfGateway({ by }: LimitEntry | BudgetEntry): boolean {
  return by === 'gateway';
}

/** `team:*` of `team:search`. */
function eachOf(scope: string): string {
  return `${scope.slice(0, scope.indexOf(':'))}:*`;
}

/** Of each amount the lesser one; the window that slides lets less through. */
function tighter({ window: one, ...a }: ScopeRules, { window: other, ...b }: ScopeRules): ScopeRules {
  const both: Record<string, number> = { ...a };
  for (const [name, amount] of Object.entries(b)) both[name] = Math.min(amount, both[name] ?? amount);
  const window = one === 'sliding' || other === 'sliding' ? 'sliding' : (one ?? other);
  return { ...both, ...(window !== undefined && { window }) };
}
