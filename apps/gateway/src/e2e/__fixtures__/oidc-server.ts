import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT, exportJWK } from 'jose';
import type { JWTPayload } from 'jose';

export const CLIENT_ID = 'sluice';
export const CLIENT_SECRET = 'Hv7qLw2nXc9zRt4kYb8mPd3fGs6jUe1a';

/** Where a provider sends people back to. */
export const CALLBACK = 'http://127.0.0.1:4000/auth/callback';

/** An entry of `auth.oidc`; its secret is in the variable `OIDC_SECRET`. */
export const providerOf = (issuer: string, redirectUri = CALLBACK) => ({
  issuer,
  clientId: CLIENT_ID,
  clientSecret: { env: 'OIDC_SECRET' },
  redirectUri,
  tenantClaim: 'org',
  roleClaim: 'groups',
  roles: { ops: 'operator', boss: 'owner' } as const,
});

/** What somebody consented to, by its code. */
interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
}

/** How a provider differs from what it ought to be. */
export interface Lies {
  /** Instead of the claims of its ID tokens. */
  claims?: (claims: JWTPayload) => JWTPayload;
  /** Instead of its discovery document. */
  document?: (document: Record<string, unknown>) => Record<string, unknown>;
  /** Instead of a signed token. */
  token?: (claims: JWTPayload) => string | Promise<string>;
  /** Its token endpoint says no. */
  down?: boolean;
}

/** A provider of identities: a real server, with discovery, keys, codes that are good once, and PKCE. */
export interface OidcServer extends AsyncDisposable {
  readonly issuer: string;
  readonly lies: Lies;
  /** Who consents, and what is said of him. */
  claims: JWTPayload;
  /** What a browser does that somebody signed in with: the URL that it is sent back to. */
  consent(url: string): URL;
  /** Paths that it was asked for. */
  readonly asked: readonly string[];
}

export async function startOidcServer(): Promise<OidcServer> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const lies: Lies = {};
  const asked: string[] = [];
  let issuer = '';
  const oidc = { lies, claims: { sub: 'ada' } as JWTPayload };
  const document = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'none'],
    authorization_response_iss_parameter_supported: true,
  });
  const idToken = async (nonce: string): Promise<string> => {
    const nowS = Math.floor(Date.now() / 1_000);
    const usual = { iss: issuer, aud: CLIENT_ID, iat: nowS, exp: nowS + 300, nonce, ...oidc.claims };
    const claims = lies.claims?.(usual) ?? usual;
    return (await lies.token?.(claims)) ?? new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(keys.privateKey);
  };
  const redeem = async (req: IncomingMessage): Promise<readonly [number, object]> => {
    const form = new URLSearchParams(await text(req));
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const proof = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const credentials = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`;
    if (lies.down) return [500, { error: 'server_error' }];
    if (req.headers.authorization !== credentials) return [401, { error: 'invalid_client' }];
    if (!grant || proof !== grant.challenge || form.get('redirect_uri') !== grant.redirectUri) return [400, { error: 'invalid_grant' }];
    return [200, { access_token: 'opaque', token_type: 'Bearer', id_token: await idToken(grant.nonce) }];
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { pathname } = new URL(req.url ?? '', issuer);
    asked.push(pathname);
    const send = (status: number, body: object): void =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/.well-known/openid-configuration') return send(200, lies.document?.(document()) ?? document());
    if (pathname === '/jwks') return send(200, { keys: [jwk] });
    if (pathname === '/token') return send(...(await redeem(req)));
    return send(404, {});
  };
  const server = createServer((req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(oidc, {
    issuer,
    asked,
    consent(url: string) {
      const { searchParams: query } = new URL(url);
      const code = `code-${grants.size}-${Math.random()}`;
      const redirectUri = query.get('redirect_uri') ?? '';
      grants.set(code, { redirectUri, challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '' });
      const back = new URL(redirectUri);
      for (const [name, value] of Object.entries({ code, state: query.get('state') ?? '', iss: issuer })) back.searchParams.set(name, value);
      return back;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
