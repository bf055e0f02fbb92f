import type { BudgetRules, Claim, LimitRules } from '@sluice/contract';

export const REQUESTS = 'requests';
export const TOKENS = 'tokens';
export const INPUT_TOKENS = 'inputTokens';
export const OUTPUT_TOKENS = 'outputTokens';
export const SPEND = 'spend';
export const CONCURRENT = 'concurrent';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;

/** A budget of somebody. */
export interface Budget {
  readonly name: string;
  readonly scope: string;
  readonly rules: BudgetRules;
}

/** A claim that lacks its amount. */
export interface Template extends Omit<Claim, 'amount'> {
  /** Set for money. */
  readonly budget?: Budget;
  /** The claim itself, where each request takes one of it. */
  readonly one?: Claim;
}

type WindowRule = readonly [rule: keyof LimitRules, name: string, span: 'day' | 'month' | undefined];

const WINDOWS: readonly WindowRule[] = [
  ['requestsPerMinute', REQUESTS, undefined],
  ['requestsPerDay', REQUESTS, 'day'],
  ['requestsPerMonth', REQUESTS, 'month'],
  ['tokensPerMinute', TOKENS, undefined],
  ['tokensPerDay', TOKENS, 'day'],
  ['tokensPerMonth', TOKENS, 'month'],
  ['inputTokensPerMinute', INPUT_TOKENS, undefined],
  ['outputTokensPerMinute', OUTPUT_TOKENS, undefined],
];

/** What the rules of a scope limit. */
export function templatesOf(scope: string, rules: LimitRules): readonly Template[] {
  const templates: Template[] = [];
  for (const [rule, name, span] of WINDOWS) {
    const limit = rules[rule];
    if (typeof limit !== 'number') continue;
    const window = { scope, kind: 'window', name, limit } as const;
    if (span) templates.push({ ...window, windowMs: span === 'day' ? DAY_MS : MONTH_MS, span });
    else if (rules.window === 'sliding') templates.push({ ...window, windowMs: MINUTE_MS, span: 'sliding' });
    else templates.push({ ...window, windowMs: MINUTE_MS });
  }
  if (rules.concurrent !== undefined) {
    templates.push({ scope, kind: 'gauge', name: CONCURRENT, limit: rules.concurrent, windowMs: 0 });
  }
  return templates.map((template) => (isOfOne(template) ? { ...template, one: claimOf(template, 1) } : template));
}

/** All claims are of few shapes: whoever reads them by the million is the faster for it. */
export function claimOf({ scope, kind, name, limit, windowMs, span }: Template, amount: number): Claim {
  return span ? { scope, kind, name, amount, limit, windowMs, span } : { scope, kind, name, amount, limit, windowMs };
}

function isOfOne({ name }: Template): boolean {
  return name === REQUESTS || name === CONCURRENT;
}

/** What money is counted by, beside its scope. */
export type SpendingWindow = Pick<Claim, 'name' | 'windowMs'> & { readonly span?: 'day' | 'month' };

export function spendingWindowOf({ window }: BudgetRules): SpendingWindow {
  if (window === 'day') return { name: SPEND, windowMs: DAY_MS, span: 'day' };
  if (window === 'month') return { name: SPEND, windowMs: MONTH_MS, span: 'month' };
  return { name: SPEND, windowMs: window ?? Number.POSITIVE_INFINITY };
}

/** What a budget limits. One that only tells counts all the same. */
export function budgetTemplate(budget: Budget): Template {
  const { scope, rules } = budget;
  const limit = rules.nanoUsd ?? Number.MAX_SAFE_INTEGER;
  return { scope, kind: 'window', limit, budget, ...spendingWindowOf(rules) };
}

type CountedBy = Pick<Template, 'scope' | 'span' | 'windowMs'>;

/** Whether two claims on money are counted as one. */
export function isSameCount(one: CountedBy, other: CountedBy): boolean {
  return one.scope === other.scope && one.span === other.span && one.windowMs === other.windowMs;
}

/** Of budgets that count the same money of the same scope, the tightest one limits it. */
export function tightest(templates: readonly Template[]): readonly Template[] {
  if (templates.length < 2) return templates;
  const found: Template[] = [];
  for (const template of templates) {
    const at = found.findIndex((other) => isSameCount(other, template));
    if (at < 0) found.push(template);
    else if (template.limit < (found[at] as Template).limit) found[at] = template;
  }
  return found;
}
