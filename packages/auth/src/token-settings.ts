import { z } from 'zod';
import { role } from './fields.js';

/** What the gateway can verify with a public key. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const fileRef = z.strictObject({ file: z.string().min(1).describe('Its path.') });
export const secretRef = z.union([z.strictObject({ env: z.string().min(1).describe('Its variable.') }), fileRef], {
  error: 'expected a reference, { env: NAME } or { file: PATH }',
});
const claim = z.string().min(1).max(200);

/** What claims stand for here. */
export const mapping = {
  tenantClaim: claim
    .exactOptional()
    .describe('The claim that names the organisation; a path with dots leads further in.'),
  teamClaim: claim.exactOptional().describe('The claim that names the team, by its id.'),
  roleClaim: claim
    .exactOptional()
    .describe('The claim that names the role, or a list with several; the highest counts.'),
  roles: z
    .record(z.string().min(1).max(200), role)
    .exactOptional()
    .describe('What values of that claim stand for. Absent: they are the names of roles.'),
};

/** One entry of `auth.jwt`. */
const issuerSettings = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('`iss` of its tokens, exactly.'),
    audience: z
      .union([z.string().min(1).describe('One.'), z.array(z.string().min(1)).min(1).describe('Several.')])
      .describe('What `aud` must name, one of these.'),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .describe('Where its public keys are; may be private or loopback.'),
    publicKey: fileRef.exactOptional().describe('Its public key or certificate, in PEM.'),
    secret: secretRef
      .exactOptional()
      .describe('A secret shared with it, at least 32 bytes; for HS256 and nothing else.'),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .exactOptional()
      .describe('What it may sign with. Without a secret: RS256 and ES256.'),
    ...mapping,
  })
  .refine(({ jwksUrl, publicKey, secret }) => [jwksUrl, publicKey, secret].filter(Boolean).length === 1, {
    error: 'needs one of jwksUrl, publicKey and secret',
    path: ['jwksUrl'],
  })
  .refine(({ secret, algorithms }) => secret === undefined || algorithms === undefined, {
    error: 'a secret is for HS256 and nothing else',
    path: ['algorithms'],
  })
  .describe('Who issues tokens, and what they say.');

/** `auth.jwt`. */
export const tokenSettings = z
  .array(issuerSettings)
  .max(100)
  .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'an issuer is named twice')
  .default([]);

export type IssuerSettings = z.output<typeof issuerSettings>;
