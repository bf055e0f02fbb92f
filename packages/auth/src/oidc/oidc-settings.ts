import { isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';
import { ALGORITHMS, mapping, secretRef } from '../token-settings.js';

const webUrl = z.url({ protocol: /^https?$/ }).max(500);

const CALLBACK = /^\/auth\/callback(?:\/[\w-]{1,64})?$/;

/** One entry of `auth.oidc`. */
const providerSettings = z
  .strictObject({
    issuer: webUrl
      .refine(isConfidential, 'must be https, but for what no other network reaches')
      .describe('The issuer, exactly as its discovery document has it; may be private or loopback.'),
    clientId: z.string().min(1).max(500).describe('What the gateway is called there.'),
    clientSecret: secretRef.exactOptional().describe('Its secret. Absent: a public client, by PKCE alone.'),
    redirectUri: webUrl
      .refine((url) => CALLBACK.test(pathOf(url)), 'must lead to /auth/callback, or /auth/callback/NAME')
      .describe('Where people come back to: https://HOST/auth/callback or .../NAME, as it is registered there.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be one word'))
      .max(20)
      .default(['openid', 'email', 'profile'])
      .refine((scopes) => scopes.includes('openid'), 'must have openid')
      .describe('What is asked for.'),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .default(['RS256', 'ES256'])
      .describe('What its ID tokens may be signed with.'),
    ...mapping,
  })
  .describe('Where people sign in, and what is said of them there.');

/** `auth.oidc`. */
export const oidcSettings = z
  .array(providerSettings)
  .max(10)
  .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'an issuer is named twice')
  .refine(
    (all) => new Set(all.map(({ redirectUri }) => pathOf(redirectUri))).size === all.length,
    'each needs a path of its own in redirectUri, /auth/callback/NAME: else one could answer in place of another',
  )
  .default([]);

export type OidcSettings = z.output<typeof providerSettings>;

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? '';
}

/** Over plain HTTP anybody between could sign in as anybody. */
function isConfidential(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:') return true;
  return !isSafeUrl(`http://${hostname}/`);
}
