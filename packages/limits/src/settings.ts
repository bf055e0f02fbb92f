import { z } from 'zod';

const queue = z
  .strictObject({
    maxWaiting: z.int().positive().default(100).describe('Requests of a key that may wait at once.'),
    maxWaitMs: z.int().positive().max(600_000).describe('How long one waits at most; then it is refused.'),
  })
  .describe('A request that does not fit waits for its turn instead of being refused.');

const count = z.int().nonnegative().exactOptional();

/** What may be done in a time. Absent = no limit, 0 = none allowed. */
export const scopeRules = z.strictObject({
  requestsPerMinute: count.describe('Requests within a minute; absent means no limit, 0 means none.'),
  requestsPerDay: count.describe('Requests within a calendar day, in UTC.'),
  requestsPerMonth: count.describe('Requests within a calendar month, in UTC.'),
  tokensPerMinute: count.describe('Tokens, of input and output together, within a minute.'),
  tokensPerDay: count.describe('Tokens within a calendar day, in UTC.'),
  tokensPerMonth: count.describe('Tokens within a calendar month, in UTC.'),
  inputTokensPerMinute: count.describe('Tokens of input within a minute.'),
  outputTokensPerMinute: count.describe('Tokens of output within a minute.'),
  concurrent: count.describe('Requests in flight at once; absent means no limit, 0 means none.'),
  window: z
    .enum(['fixed', 'sliding'])
    .exactOptional()
    .describe(
      'Of the limits of a minute: one that begins with its first request (fixed, default), or always the last 60 s.',
    ),
});

/** The limits of a key. */
export const limitRules = scopeRules.extend({ queue: queue.exactOptional() });

/** `team:search`, or `team:*` for each team that has none of its own. */
export const scopeName = z
  .string()
  .max(300)
  .regex(
    /^(?:org|team|user|key|end-user|model):[^\u0000-\u001f\u007f-\u009f]+$/,
    'expected org:, team:, user:, key:, end-user: or model: and an id, or *',
  );

const storeFailure = z.enum(['local', 'allow', 'reject']);

/** The `limits:` block of the operator's file. */
export const limitsSettings = z
  .strictObject({
    profiles: z
      .record(z.string().min(1), limitRules)
      .default({})
      .describe('Named sets of limits that keys refer to; `default` holds for keys that name none.'),
    scopes: z
      .record(scopeName, scopeRules)
      .default({})
      .describe(
        'Limits beside those of the keys: of org:ID, team:ID, user:ID, end-user:ORG/ID, model:NAME; an * stands for each.',
      ),
    store: z
      .enum(['memory', 'sqlite'])
      .default('memory')
      .describe(
        'Where limits are counted: in each process, or in the database for all processes that share it. Budgets always are in the database. With REDIS_URL all are counted there.',
      ),
    assumedOutputTokens: z
      .int()
      .positive()
      .default(4_096)
      .describe(
        'Tokens of output that are reserved where a request names no most, or the most of the model where that is less.',
      ),
    storeTimeoutMs: z
      .int()
      .positive()
      .max(10_000)
      .default(50)
      .describe('How long a store of counts may take to answer.'),
    onStoreFailure: storeFailure
      .default('local')
      .describe('Where limits cannot be counted: count in this process alone, allow, or reject.'),
    onBudgetStoreFailure: storeFailure
      .default('reject')
      .describe('Where budgets cannot be counted: reject, allow, or count in this process alone.'),
  })
  .describe('How much may be asked for.');

export type LimitsSettings = z.output<typeof limitsSettings>;
export type ScopeRules = z.output<typeof scopeRules>;
