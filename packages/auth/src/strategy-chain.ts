import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { gatewayError } from '@sluice/contract';
import type { Identified } from './key-index.js';

/** Who a credential speaks for. Throws a 401 of the table. */
export type Verify = (credential: string) => Identified;

/** What passport and its strategies see of a request: the credential under one name, wherever the client put it. */
interface CredentialRequest {
  readonly headers: { readonly credential: string };
  identified?: Identified;
}
type Next = (error?: Error) => void;
type Middleware = (request: CredentialRequest, response: object, next: Next) => void;

const API_KEY = 'api-key';

/**
 * Strategies in the order in which they look at a credential. One that does not recognise its form fails and leaves it
 * to the next; the strategy for keys takes every form, so it stands last and its refusal is final.
 */
const ORDER: readonly string[] = [API_KEY];

/** Checks credentials with passport, built once and without sessions. Rejects with what `verify` throws. */
export function createStrategyChain(verify: Verify): (credential: string) => Promise<Identified> {
  const run = buildMiddleware(verify);
  return (credential) =>
    new Promise((resolve, reject) => {
      const request: CredentialRequest = { headers: { credential } };
      run(request, {}, (error) => {
        if (request.identified) resolve(request.identified);
        else reject(error ?? gatewayError('invalid_api_key'));
      });
    });
}

function buildMiddleware(verify: Verify): Middleware {
  // An instance of our own: the module's global one would be shared with whoever else uses passport in the process.
  const chain = new passport.Passport();
  chain.use(API_KEY, createApiKeyStrategy(verify));
  return chain.authenticate([...ORDER], {
    session: false,
    authInfo: false,
    assignProperty: 'identified',
    failWithError: true,
  }) as Middleware;
}

function createApiKeyStrategy(verify: Verify): HeaderAPIKeyStrategy {
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
