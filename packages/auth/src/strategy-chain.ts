import passport from 'passport';
import type { Strategy, StrategyCreated } from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { gatewayError } from '@sluice/contract';
import type { Identified } from './key-index.js';
import { looksLikeToken } from './token-form.js';

/** Who a credential speaks for. Each throws a 401 of the table. */
export interface Verifiers {
  key(credential: string): Identified;
  /** Absent: no tokens are accepted, so that none is recognised. */
  readonly token?: ((credential: string) => Promise<Identified>) | undefined;
}

/** What passport and its strategies see of a request: the credential under one name, wherever the client put it. */
interface CredentialRequest {
  readonly headers: { readonly credential: string };
  identified?: Identified;
}
type Next = (error?: Error) => void;
type Middleware = (request: CredentialRequest, response: object, next: Next) => void;

const API_KEY = 'api-key';
const TOKEN = 'token';

/**
 * Strategies in the order in which they look at a credential. One that does not recognise its form fails and leaves it
 * to the next; the strategy for keys takes every form, so it stands last and its refusal is final.
 */
const ORDER: readonly string[] = [TOKEN, API_KEY];

/** Checks credentials with passport, built once and without sessions. Rejects with what the verifiers throw. */
export function createStrategyChain(verifiers: Verifiers): (credential: string) => Promise<Identified> {
  const run = buildMiddleware(verifiers);
  return (credential) =>
    new Promise((resolve, reject) => {
      const request: CredentialRequest = { headers: { credential } };
      run(request, {}, (error) => {
        if (request.identified) resolve(request.identified);
        else reject(error ?? gatewayError('invalid_api_key'));
      });
    });
}

function buildMiddleware({ key, token }: Verifiers): Middleware {
  // An instance of our own: the module's global one would be shared with whoever else uses passport in the process.
  const chain = new passport.Passport();
  chain.use(API_KEY, createApiKeyStrategy(key));
  if (token) chain.use(TOKEN, createTokenStrategy(token));
  return chain.authenticate(token ? [...ORDER] : [API_KEY], {
    session: false,
    authInfo: false,
    assignProperty: 'identified',
    failWithError: true,
  }) as Middleware;
}

/** For whatever was meant as a token; what was not is left to the next strategy. */
function createTokenStrategy(verify: (credential: string) => Promise<Identified>): Strategy {
  return {
    name: TOKEN,
    authenticate(this: StrategyCreated<Strategy>, request: unknown): void {
      const { credential } = (request as CredentialRequest).headers;
      if (!looksLikeToken(credential)) {
        this.fail();
        return;
      }
      verify(credential).then(
        (identified) => this.success(identified),
        (cause: unknown) => this.error(cause),
      );
    },
  };
}

function createApiKeyStrategy(verify: Verifiers['key']): HeaderAPIKeyStrategy {
  return new HeaderAPIKeyStrategy({ header: 'credential', prefix: '' }, false, (credential, done) => {
    let identified: Identified;
    try {
      identified = verify(credential);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, identified);
  });
}
