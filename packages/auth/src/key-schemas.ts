import type { KeyRecord } from '@sluice/contract';
import { z } from 'zod';

const MAX_METADATA_KEYS = 16;

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')
  .meta({ description: 'What the key is for, shown in lists and in the log.', example: 'ci' });

const models = z
  .array(z.string().min(1).max(200))
  .max(1_000)
  .meta({
    description: 'Models the key may ask for, as callers write them; "*" at the end stands for any rest. Absent: all.',
    example: ['fast', 'openai/*'],
  });

const limits = z
  .strictObject({
    requestsPerMinute: z.int().nonnegative().exactOptional().meta({ description: 'Requests in a minute.' }),
    concurrent: z.int().nonnegative().exactOptional().meta({ description: 'Requests in flight at once.' }),
  })
  .meta({ description: "The key's own limits, in place of any profile. Absent: no limit; 0: none allowed." });

const profile = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'The profile of limits, as named in the file. Without limits and profile: "default".' });

const metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((record) => Object.keys(record).length <= MAX_METADATA_KEYS, `must hold at most ${MAX_METADATA_KEYS} keys`)
  .meta({ description: `Notes of your own, at most ${MAX_METADATA_KEYS}.`, example: { team: 'search' } });

const instant = z.iso.datetime({ offset: true });

/** What makes a key: the body of `POST /admin/v1/keys` and the options of `sluice keys create`. */
export const createKeyInput = z
  .strictObject({
    name,
    models: models.exactOptional(),
    limits: limits.exactOptional(),
    profile: profile.exactOptional(),
    expiresAt: instant.meta({ description: 'When the key stops working. Absent: never.' }).exactOptional(),
    metadata: metadata.exactOptional(),
  })
  .refine(({ limits, profile }) => limits === undefined || profile === undefined, {
    error: 'limits and profile exclude each other',
    path: ['profile'],
  })
  .meta({ description: 'A key to be made.' });

/** A key as lists show it: never the key itself. */
export const keyView = z
  .strictObject({
    id: z.string().meta({ description: 'What the key is called by in paths and in the ledger.' }),
    name,
    last4: z.string().meta({ description: 'The last four characters of the key.' }),
    createdAt: instant.meta({ description: 'When the key was made.' }),
    expiresAt: instant.meta({ description: 'When the key stops working.' }).exactOptional(),
    revokedAt: instant.meta({ description: 'When the key was revoked.' }).exactOptional(),
    models: models.exactOptional(),
    limits: limits.exactOptional(),
    profile: profile.exactOptional(),
    metadata: metadata.exactOptional(),
  })
  .meta({ description: 'A key, without its secret.' });

/** A key as it is shown once, to whoever made it. */
export const createdKeyView = keyView
  .extend({ key: z.string().meta({ description: 'The key itself. It is shown this once.' }) })
  .meta({ description: 'A new key with its secret.' });

export type CreateKeyInput = z.output<typeof createKeyInput>;
/** Written out because readers may not change it. */
export type KeyView = Readonly<Omit<z.output<typeof keyView>, 'models' | 'limits' | 'metadata'>> &
  Pick<KeyRecord, 'models' | 'limits' | 'metadata'>;

/** A record as operators see it: times in ISO 8601, no hash. */
export function toKeyView(record: KeyRecord): KeyView {
  const { id, last4, createdAtMs, expiresAtMs, revokedAtMs, models, limits, profile, metadata } = record;
  return {
    id,
    name: record.name,
    last4,
    createdAt: toIso(createdAtMs),
    ...(expiresAtMs !== undefined && { expiresAt: toIso(expiresAtMs) }),
    ...(revokedAtMs !== undefined && { revokedAt: toIso(revokedAtMs) }),
    ...(models && { models }),
    ...(limits && { limits }),
    ...(profile !== undefined && { profile }),
    ...(metadata && { metadata }),
  };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
