import { z } from 'zod';
import { duration } from './duration.js';
import { oidcSettings } from './oidc/oidc-settings.js';
import { tokenSettings } from './token-settings.js';

const keySettings = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, "_" or "-"')
    .default('sk-sluice-')
    .describe('What new keys begin with. Keys made before a change stay valid.'),
});

const failureSettings = z.strictObject({
  limit: z.int().positive().default(100).describe('Refused credentials in a window; beyond, the answer is 429.'),
  window: duration.prefault('1m').describe('Its length: a number and s, m, h or d.'),
});

const sessionSettings = z.strictObject({
  ttl: duration.prefault('12h').describe('How long somebody who signed in stays so: a number and s, m, h or d.'),
  secureCookies: z
    .boolean()
    .default(true)
    .describe('Whether cookies of sessions go over HTTPS alone; on this machine itself they need not.'),
});

/** The `auth:` block of the operator's file. */
export const authSettings = z
  .strictObject({
    keys: keySettings.prefault({}).describe('How keys for callers are made.'),
    jwt: tokenSettings.describe('Who issues bearer tokens that are accepted beside keys.'),
    oidc: oidcSettings.describe('Where people sign in.'),
    sessions: sessionSettings.prefault({}).describe('The sessions of people who signed in.'),
    failures: failureSettings.prefault({}).describe('How many credentials of one address may be refused.'),
    adminKeyOnDataPlane: z
      .boolean()
      .default(true)
      .describe('Whether the admin key also serves as a key for callers, without limits.'),
  })
  .describe('Who may call.');

export type AuthSettings = z.output<typeof authSettings>;
