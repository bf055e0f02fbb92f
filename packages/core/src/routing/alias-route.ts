import type { Alias, AliasRule, AliasTarget } from '../snapshot.js';
import { drawCanary } from './canary.js';
import { isAble, keep } from './fit.js';
import { joined } from './plan.js';
import type { Plan } from './plan.js';
import type { RouteContext } from './question.js';
import { findRule } from './rules.js';
import { STRATEGIES } from './strategies/strategies.js';
import { keepTagged } from './tags.js';

/** Where an alias leads: the targets by its rules, tags, strategy and canary, then its fallbacks. */
export function routeOfAlias(alias: Alias, context: RouteContext): Plan {
  const rule = alias.rules && findRule(alias.rules, context.question);
  if (rule) return routeOfRule(alias, rule, context);
  return (context.notes ? undefined : fixedRoute(alias)) ?? routeOfTargets(alias, context);
}

function routeOfRule(alias: Alias, rule: AliasRule, context: RouteContext): Plan {
  const { snapshot, notes } = context;
  const reason = `Rule ${(alias.rules ?? []).indexOf(rule) + 1} of "${alias.name}" holds for the request.`;
  if (notes) for (const { candidate } of alias.targets) notes.reject(candidate, 'rule_elsewhere', reason);
  const { name, policy, fallbacks } = alias;
  if ('candidate' in rule.use) {
    notes?.keep(rule.use.candidate, 'rule', reason);
    noteFallbacks(alias, context);
    return {
      alias: name,
      candidates: joined([[rule.use.candidate], fallbacks]),
      policy,
      variant: rule.use.candidate.circuit,
    };
  }
  const other = snapshot.aliases.get(rule.use.alias);
  if (!other) throw new Error(`There is no alias "${rule.use.alias}".`);
  return { variant: other.name, ...routeOfAlias(other, context), alias: name };
}

function routeOfTargets(alias: Alias, context: RouteContext): Plan {
  const { question, notes } = context;
  const { name, policy, fallbacks, canary } = alias;
  const tagged = keepTagged(alias.targets, context);
  // Only what can answer takes part: an order is drawn, and explored, among those.
  const able = keep(tagged, ({ candidate }) => isAble(candidate, question, notes));
  const ordered = placed(alias, able.length > 0 ? able : tagged, context);
  const trial = canary && drawCanary(canary, alias.strategy === 'sticky', context);
  noteFallbacks(alias, context);
  const candidates = joined([trial ? [trial] : [], ordered.map(({ candidate }) => candidate), fallbacks]);
  if (tagged === alias.targets) return { alias: name, candidates, policy };
  return { alias: name, candidates, policy, variant: tagged.map(({ candidate }) => candidate.circuit).join() };
}

function placed(alias: Alias, targets: readonly AliasTarget[], context: RouteContext): readonly AliasTarget[] {
  const strategy = STRATEGIES[alias.strategy];
  const ordered = strategy.order(targets, context);
  if (!context.notes) return ordered;
  for (const [position, target] of ordered.entries()) {
    const { code, reason } = strategy.explain({ target, position }, context);
    context.notes.keep(target.candidate, code, reason);
  }
  return ordered;
}

function noteFallbacks({ name, fallbacks }: Alias, { notes }: RouteContext): void {
  if (!notes) return;
  for (const fallback of fallbacks) {
    const after = fallback.only ? `, after a failure of class ${[...fallback.only].join(' or ')} alone` : '';
    notes.keep(fallback, 'fallback', `A fallback of "${name}"${after}.`);
  }
}

const fixedRoutes = new WeakMap<Alias, Plan>();

/** The route of an alias that looks at nothing of the request, nor at the present, is made once. */
function fixedRoute(alias: Alias): Plan | undefined {
  const known = fixedRoutes.get(alias);
  if (known) return known;
  const { name, policy, targets, fallbacks } = alias;
  if (alias.strategy !== 'priority' || alias.canary || targets.some(({ tags }) => tags)) return undefined;
  const route = { alias: name, candidates: joined([targets.map(({ candidate }) => candidate), fallbacks]), policy };
  fixedRoutes.set(alias, route);
  return route;
}
