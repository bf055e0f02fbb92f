import type { KeyRecord } from '@sluice/contract';
import { z } from 'zod';
import { duration } from './duration.js';
import { instant, line, metadata, name, recordId, role, toIso } from './fields.js';
import { isNetwork } from './key-rights.js';

const keyName = name.meta({ description: 'What the key is for, shown in lists and in the log.', example: 'ci' });

const pattern = line(200);

const models = z
  .array(z.string().min(1).max(200))
  .max(1_000)
  .meta({
    description: 'Models the key may ask for, as callers write them; "*" at the end stands for any rest. Absent: all.',
    example: ['fast', 'openai/*'],
  });

const routes = z
  .array(pattern.regex(/^\//, 'must begin with "/"'))
  .max(100)
  .meta({
    description:
      'Endpoints the key may call, by their paths in this description; "*" at the end stands for any rest. Absent: all that its role may.',
    example: ['/v1/chat/completions', '/v1/models*'],
  });

const tools = z
  .array(pattern)
  .max(1_000)
  .meta({
    description:
      'Tools that requests may offer to models, by name, those of vendors by their type; "*" at the end stands for any rest. Absent: all.',
    example: ['get_weather', 'web_search*'],
  });

const ips = z
  .array(z.string().max(64).refine(isNetwork, 'must be an address or a network, such as 10.0.0.0/8'))
  .min(1)
  .max(100)
  .meta({ description: 'Addresses and networks the key may be used from. Absent: all.', example: ['10.0.0.0/8'] });

const count = (description: string) => z.int().nonnegative().exactOptional().meta({ description });

const limits = z
  .strictObject({
    requestsPerMinute: count('Requests in a minute.'),
    requestsPerDay: count('Requests in a calendar day, in UTC.'),
    requestsPerMonth: count('Requests in a calendar month, in UTC.'),
    tokensPerMinute: count('Tokens of input and output in a minute.'),
    tokensPerDay: count('Tokens in a calendar day, in UTC.'),
    tokensPerMonth: count('Tokens in a calendar month, in UTC.'),
    inputTokensPerMinute: count('Tokens of input in a minute.'),
    outputTokensPerMinute: count('Tokens of output in a minute.'),
    concurrent: count('Requests in flight at once.'),
    window: z.enum(['fixed', 'sliding']).exactOptional().meta({ description: 'Of the limits of a minute.' }),
  })
  .meta({ description: "The key's own limits, in place of any profile. Absent: no limit; 0: none allowed." });

const profile = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'The profile of limits, as named in the file. Without limits and profile: "default".' });

const usd = z.number().nonnegative().max(9_000_000);

const ownBudget = z
  .strictObject({
    usd: usd.exactOptional(),
    softUsd: usd.exactOptional(),
    window: z
      .string()
      .regex(
        /^(?:day|month|[1-9]\d{0,5}[smhdw])$/,
        'expected day, month, or a number with s, m, h, d or w, such as 30d',
      )
      .exactOptional(),
    alertsAt: z.array(z.number().positive().max(10)).max(10).exactOptional(),
    exceededStatus: z.union([z.literal(429), z.literal(402)]).exactOptional(),
    fallback: z.string().min(1).max(200).exactOptional(),
    unpriced: z.enum(['allow', 'refuse']).exactOptional(),
  })
  .refine(({ usd: hard, softUsd }) => hard !== undefined || softUsd !== undefined, {
    error: 'must have usd or softUsd',
    path: ['usd'],
  });

const budget = z.union([z.string().min(1).max(100), ownBudget]).meta({
  description:
    'The name of a budget, or one of its own, as in the file. Absent: the budget called "default", where there is one.',
  example: { usd: 50, window: '30d' },
});

const org = recordId.meta({ description: 'The organisation. Absent: that of the team or user, else of the caller.' });
const team = recordId.meta({ description: 'The team that the key belongs to.', example: 'team_search' });
const user = recordId.meta({ description: 'The user, or service account, that the key belongs to.' });
const last4 = z.string().meta({ description: 'The last four characters of the key.' });

const rights = {
  models: models.exactOptional(),
  routes: routes.exactOptional(),
  tools: tools.exactOptional(),
  ips: ips.exactOptional(),
  limits: limits.exactOptional(),
  profile: profile.exactOptional(),
  budget: budget.exactOptional(),
};

/** What makes a key: the body of `POST /admin/v1/keys` and the options of `sluice keys create`. */
export const createKeyInput = z
  .strictObject({
    name: keyName,
    org: org.exactOptional(),
    team: team.exactOptional(),
    user: user.exactOptional(),
    role: role.exactOptional(),
    ...rights,
    expiresAt: instant.meta({ description: 'When the key stops working. Absent: never.' }).exactOptional(),
    metadata: metadata.exactOptional(),
  })
  .refine(({ limits, profile }) => limits === undefined || profile === undefined, {
    error: 'limits and profile exclude each other',
    path: ['profile'],
  })
  .meta({ description: 'A key to be made.' });

/** The body of `POST /admin/v1/keys/{id}/rotate`, and the options of `sluice keys rotate`. */
export const rotateKeyInput = z
  .strictObject({
    grace: duration.prefault('24h').meta({
      description: 'How long the secrets that the key has go on: a number and s, m, h or d. 0s ends them at once.',
      example: '1h',
    }),
  })
  .meta({ description: 'How a key is given another secret.' });

/** A key as lists show it: never the key itself. */
export const keyView = z
  .strictObject({
    id: z.string().meta({ description: 'What the key is called by in paths and in the ledger.' }),
    name: keyName,
    last4,
    createdAt: instant.meta({ description: 'When the key was made.' }),
    expiresAt: instant.meta({ description: 'When the key stops working.' }).exactOptional(),
    revokedAt: instant.meta({ description: 'When the key was revoked.' }).exactOptional(),
    retiring: z
      .array(z.strictObject({ last4, until: instant.meta({ description: 'When this secret stops working.' }) }))
      .exactOptional()
      .meta({ description: 'Secrets that a rotation replaced, and that still work or did so until then.' }),
    org: recordId.meta({ description: 'The organisation.' }),
    team: team.exactOptional(),
    user: user.exactOptional(),
    role,
    ...rights,
    metadata: metadata.exactOptional(),
  })
  .meta({ description: 'A key, without its secret.' });

/** A key as it is shown once, to whoever made it. */
export const createdKeyView = keyView
  .extend({ key: z.string().meta({ description: 'The key itself. It is shown this once.' }) })
  .meta({ description: 'A new key with its secret.' });

export type RotateKeyInput = z.output<typeof rotateKeyInput>;
export type CreateKeyInput = z.output<typeof createKeyInput>;
type Lists = 'models' | 'routes' | 'tools' | 'ips' | 'limits' | 'budget' | 'metadata';
type Retiring = readonly { readonly last4: string; readonly until: string }[];
/** Written out because readers may not change it. */
export type KeyView = Readonly<Omit<z.output<typeof keyView>, Lists | 'retiring'>> &
  Pick<KeyRecord, Lists> & { readonly retiring?: Retiring };

/** A record as operators see it: times in ISO 8601, no hash. */
export function toKeyView(record: KeyRecord): KeyView {
  const { hash: _, createdAtMs, expiresAtMs, revokedAtMs, tenant, retiring = [], ...rest } = record;
  return {
    ...rest,
    org: tenant,
    createdAt: toIso(createdAtMs),
    ...(expiresAtMs !== undefined && { expiresAt: toIso(expiresAtMs) }),
    ...(revokedAtMs !== undefined && { revokedAt: toIso(revokedAtMs) }),
    ...(retiring.length > 0 && {
      retiring: retiring.map(({ last4: end, untilMs }) => ({ last4: end, until: toIso(untilMs) })),
    }),
  };
}
