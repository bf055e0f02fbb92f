import { z } from 'zod';

const keySettings = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, "_" or "-"')
    .default('sk-sluice-')
    .describe('What new keys begin with. Keys made before a change stay valid.'),
});

/** The `auth:` block of the operator's file. */
export const authSettings = z
  .strictObject({
    keys: keySettings.prefault({}).describe('How keys for callers are made.'),
    adminKeyOnDataPlane: z
      .boolean()
      .default(true)
      .describe('Whether the admin key also serves as a key for callers, without limits.'),
  })
  .describe('Who may call.');

export type AuthSettings = z.output<typeof authSettings>;
