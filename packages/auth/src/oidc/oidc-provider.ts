import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock, GatewayError, SecretRef, Transport } from '@sluice/contract';
import { isSafeUrl } from '@sluice/toolkit';
import { jwtVerify } from 'jose';
import {
  ClientSecretBasic,
  ClientSecretPost,
  None,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discoveryRequest,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { AuthorizationServer, Client, ClientAuth } from 'oauth4webapi';
import { RemoteKeys } from '../remote-keys.js';
import { openToken } from '../token-form.js';
import { SKEW_SECONDS } from '../token-verifier.js';
import type { OidcSettings } from './oidc-settings.js';
import { readPerson } from './person.js';
import type { Person } from './person.js';
import { createTransportFetch } from './transport-fetch.js';

/** How long what a provider says of itself is taken as it was. */
const FRESH_MS = 3_600_000;
/** Between two tries while it cannot be asked, whoever wants to sign in. */
const COOLDOWN_MS = 5_000;

export interface OidcDeps {
  readonly readSecret: (ref: SecretRef) => string;
  readonly transport: Transport;
  readonly clock: Clock;
}

/** What the browser has to bring back, and the gateway to know then. */
export interface Challenge {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** With whom a code is redeemed, and as whom. */
interface Redeeming {
  readonly server: AuthorizationServer;
  readonly auth: ClientAuth;
}

interface Discovered {
  readonly server: AuthorizationServer;
  readonly keys: RemoteKeys;
}

/**
 * One provider of identities: authorization code flow with PKCE, state and nonce. What its documents say is followed only as
 * far as its own host, or to public ones. https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export class OidcProvider {
  readonly #settings: OidcSettings;
  readonly #deps: OidcDeps;
  readonly #client: Client;
  readonly #options: object;
  #known: Discovered | undefined;
  #pending: Promise<Discovered> | undefined;
  #triedMs = Number.NEGATIVE_INFINITY;
  #knownMs = Number.NEGATIVE_INFINITY;

  constructor(settings: OidcSettings, deps: OidcDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#client = { client_id: settings.clientId, [clockTolerance]: SKEW_SECONDS };
    this.#options = {
      [customFetch]: createTransportFetch(deps.transport, deps.clock),
      [allowInsecureRequests]: settings.issuer.startsWith('http:'),
    };
  }

  get issuer(): string {
    return this.#settings.issuer;
  }

  /** Where it sends browsers back to. https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2.2 */
  get path(): string {
    return new URL(this.#settings.redirectUri).pathname;
  }

  /** Where to send a browser. Rejects with `storage_unavailable` where the provider cannot be asked. */
  async begin({ state, nonce, verifier }: Challenge): Promise<string> {
    const { server } = await this.#discover();
    const { clientId, redirectUri, scopes } = this.#settings;
    const url = new URL(server.authorization_endpoint ?? '');
    const asked = {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Who came back with `query`. Rejects with `invalid_token` where anything is not as it must be, with `storage_unavailable` where the
   * provider fails, and with `internal_error` where the operator has to act: the gateway's own secret is none, or refused.
   */
  async finish(query: URLSearchParams, challenge: Challenge): Promise<Person> {
    const { server, keys } = await this.#discover();
    const auth = this.#clientAuth(server);
    try {
      const idToken = await this.#redeem({ server, auth }, query, challenge);
      return readPerson(await this.#verify(idToken, server, keys), this.#settings);
    } catch (cause) {
      throw toFailure(cause);
    }
  }

  async #redeem({ server, auth }: Redeeming, query: URLSearchParams, challenge: Challenge): Promise<string> {
    const { state, nonce, verifier } = challenge;
    const client = this.#client;
    const params = validateAuthResponse(server, client, query, state);
    const { redirectUri } = this.#settings;
    const answer = await authorizationCodeGrantRequest(
      server,
      client,
      auth,
      params,
      redirectUri,
      verifier,
      this.#options,
    );
    if (answer.status >= 500 || answer.status === 429) throw unavailable();
    const rules = { expectedNonce: nonce, requireIdToken: true };
    const { id_token: idToken = '' } = await processAuthorizationCodeResponse(server, client, answer, rules);
    return idToken;
  }

  async #verify(token: string, server: AuthorizationServer, keys: RemoteKeys) {
    // Written in the one way that there is, before anything else looks at it.
    const { payload } = openToken(token);
    const { clientId, algorithms } = this.#settings;
    await jwtVerify(token, (header, given) => keys.find(header, given), {
      issuer: server.issuer,
      audience: clientId,
      algorithms: [...algorithms],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(this.#deps.clock.now()),
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub', 'nonce'],
    });
    return payload;
  }

  #clientAuth({ token_endpoint_auth_methods_supported: methods }: AuthorizationServer): ClientAuth {
    const { clientSecret } = this.#settings;
    if (!clientSecret) return None();
    const secret = this.#deps.readSecret(clientSecret);
    const isByForm = methods?.includes('client_secret_basic') === false && methods.includes('client_secret_post');
    return isByForm ? ClientSecretPost(secret) : ClientSecretBasic(secret);
  }

  /** What was known before serves while the provider does not answer. */
  async #discover(): Promise<Discovered> {
    const nowMs = this.#deps.clock.monotonic();
    if (this.#known && nowMs - this.#knownMs < FRESH_MS) return this.#known;
    if (!this.#pending && nowMs - this.#triedMs < COOLDOWN_MS) return this.#known ?? Promise.reject(unavailable());
    this.#triedMs = nowMs;
    this.#pending ??= this.#ask().finally(() => (this.#pending = undefined));
    try {
      return await this.#pending;
    } catch {
      if (this.#known) return this.#known;
      throw unavailable();
    }
  }

  async #ask(): Promise<Discovered> {
    const issuer = new URL(this.#settings.issuer);
    const server = await processDiscoveryResponse(issuer, await discoveryRequest(issuer, this.#options));
    const { jwks_uri: jwks = '', authorization_endpoint: begins = '', token_endpoint: redeems = '' } = server;
    for (const endpoint of [jwks, begins, redeems]) assertEndpoint(endpoint, issuer);
    const { transport, clock } = this.#deps;
    this.#known = { server, keys: new RemoteKeys({ transport, clock, url: new URL(jwks) }) };
    this.#knownMs = clock.monotonic();
    return this.#known;
  }
}

/** A document that leads into other networks than its own is not followed. */
function assertEndpoint(text: string, issuer: URL): void {
  const url = URL.parse(text);
  const isOwn = url?.hostname === issuer.hostname && url.protocol === issuer.protocol && url.username === '';
  if (isOwn || (url?.protocol === 'https:' && isSafeUrl(text))) return;
  throw gatewayError('unsafe_url');
}

/** What of a failure somebody is told. Errors of the library hold codes, tokens and claims: they go no further. */
function toFailure(cause: unknown): GatewayError {
  if (isGatewayError(cause, 'storage_unavailable') || isGatewayError(cause, 'route_not_allowed')) return cause;
  if (isOutage(cause)) return unavailable();
  const fault = clientFault(cause);
  if (fault === undefined) return refused();
  return gatewayError('internal_error', {
    message: 'The provider of identities refused this gateway.',
    cause: new Error(`the provider of identities refused the client of auth.oidc: ${fault}`),
  });
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2: what no code that somebody brings can bring about. */
const CLIENT_FAULTS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/** For the log: how the provider refused the gateway itself, by the names that the standards have for it. */
function clientFault(cause: unknown): string | undefined {
  if (cause instanceof WWWAuthenticateChallengeError) return cause.code;
  return cause instanceof ResponseBodyError && CLIENT_FAULTS.has(cause.error)
    ? `${cause.code} ${cause.error}`
    : undefined;
}

/** Connections that fail, and answers that are cut. */
function isOutage(cause: unknown): boolean {
  return isGatewayError(cause) && cause.code.startsWith('upstream_');
}

function unavailable(): GatewayError {
  return gatewayError('storage_unavailable', {
    message: 'The provider of identities cannot be asked.',
    details: { retryAfterMs: COOLDOWN_MS },
  });
}

function refused(): GatewayError {
  return gatewayError('invalid_token', { message: 'The sign-in failed. Begin again.' });
}
