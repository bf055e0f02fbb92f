import { sign } from 'node:crypto';
import type { ServiceAccount } from './credentials.js';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** The longest that Google takes. */
const LIFETIME_SECONDS = 3600;

/**
 * Says who asks for a token, signed with the account's key: a JSON Web Token of RFC 7519 under RS256.
 * https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 */
export function writeAssertion(account: ServiceAccount, nowMs: number): string {
  const issued = Math.floor(nowMs / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: account.private_key_id };
  const claims = {
    iss: account.client_email,
    scope: SCOPE,
    aud: account.token_uri,
    iat: issued,
    exp: issued + LIFETIME_SECONDS,
  };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), account.private_key).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
