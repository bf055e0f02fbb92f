import type { ParsedCall } from '@sluice/contract';
import type { Plan } from '../routing/plan.js';
import { planRoute } from './plan-route.js';
import type { Asked, RunContext } from './run-context.js';

/**
 * The way to the alias that a budget names in place of what was asked. The operator chose it, so the key's own list of models
 * does not keep from it. What comes of it is cached by itself.
 */
export function planElsewhere<Request, Result, Event>(
  run: RunContext<Request, Result, Event>,
  { asked, alias }: { readonly asked: Asked<Request>; readonly alias: string },
): Plan {
  const { models: _, ...principal } = asked.principal;
  const plan = planRoute(run, { ...asked, principal, parsed: renamed(asked.parsed, alias), wishes: undefined });
  return { ...plan, variant: `${plan.variant ?? ''}\n${alias}` };
}

function renamed<Request>(parsed: ParsedCall<Request>, model: string): ParsedCall<Request> {
  const { stream, wantsUsage, features, wire } = parsed;
  return { model, stream, wantsUsage, features, wire, toRequest: () => parsed.toRequest() };
}
