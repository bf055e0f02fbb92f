import type { BudgetRules, BudgetTerms } from '@sluice/contract';
import { z } from 'zod';
import { scopeName } from './settings.js';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const NANO = 1_000_000_000;
/** What can be counted exactly in nano-USD. */
const MOST_USD = 9_000_000;

const usd = z.number().nonnegative().max(MOST_USD);
const window = z
  .union([
    z.enum(['day', 'month']).describe('A span of the calendar.'),
    z
      .string()
      .regex(/^[1-9]\d{0,5}[smhdw]$/, 'expected day, month, or a number with s, m, h, d or w, such as 30d')
      .describe('A span of time.'),
  ])
  .describe(
    "`day` and `month` are the calendar's, in UTC; `30d` and the like begin with the first use. Absent: for good.",
  );

const fields = {
  usd: usd.exactOptional().describe('What may be spent; absent means that only alerts tell.'),
  softUsd: usd.exactOptional().describe('An alert tells when so much is spent, and nothing else happens.'),
  window: window.exactOptional(),
  alertsAt: z
    .array(z.number().positive().max(10))
    .max(10)
    .exactOptional()
    .describe('Shares of `usd` at which an alert tells. Default 0.8 and 1.'),
  exceededStatus: z
    .union([z.literal(429).describe('Too many requests.'), z.literal(402).describe('Payment required.')])
    .exactOptional()
    .describe('HTTP status of the refusal. Default 429.'),
  fallback: z.string().min(1).max(200).exactOptional().describe('The alias that answers where the budget is used up.'),
  unpriced: z
    .enum(['allow', 'refuse'])
    .exactOptional()
    .describe('What becomes of requests to models without a known price. Default allow.'),
};

const webhook = z
  .url({ protocol: /^https?$/ })
  .exactOptional()
  .describe('Where alerts are sent as JSON, beside the log.');

/** A budget by name. */
export const budgetSettings = z
  .strictObject({
    ...fields,
    webhook,
    scope: scopeName
      .exactOptional()
      .describe(
        'Whose it is: org:ID, team:ID, user:ID, end-user:ORG/ID, model:NAME, or an * for each. Absent: of each key that names it.',
      ),
  })
  .refine(({ usd, softUsd }) => usd !== undefined || softUsd !== undefined, {
    error: 'expected usd or softUsd',
    path: ['usd'],
  });

/** The `budgets:` block of the operator's file. */
export const budgetsSettings = z
  .record(z.string().min(1).max(100), budgetSettings)
  .default({})
  .describe('What may be spent, by name; `default` holds for each key that names none.');

export type BudgetSettings = z.output<typeof budgetSettings>;
export type BudgetsSettings = z.output<typeof budgetsSettings>;

/** As the limiter counts it. */
export function toBudgetRules(settings: BudgetTerms): BudgetRules {
  const { usd, softUsd, window, alertsAt, exceededStatus, fallback, unpriced, webhook } = settings;
  return {
    ...(usd === undefined ? {} : { nanoUsd: Math.round(usd * NANO) }),
    ...(softUsd === undefined ? {} : { softNanoUsd: Math.round(softUsd * NANO) }),
    ...(window === undefined ? {} : { window: toWindow(window) }),
    ...(alertsAt ? { alertsAt } : {}),
    ...(exceededStatus ? { exceededStatus } : {}),
    ...(fallback === undefined ? {} : { fallback }),
    ...(unpriced ? { unpriced } : {}),
    ...(webhook === undefined ? {} : { webhook }),
  };
}

function toWindow(window: string): 'day' | 'month' | number {
  if (window === 'day' || window === 'month') return window;
  return Number(window.slice(0, -1)) * (UNITS_MS[window.slice(-1)] ?? 0);
}
