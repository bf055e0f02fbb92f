import { gatewayError } from '@sluice/contract';
import { SessionCookies } from '../http/sign-in/session-cookie.js';
import type { SignInRoutesDeps } from '../http/sign-in/sign-in-routes.js';
import type { Generations } from './generations.js';

/** How people sign in is the configuration of the moment. */
export function composePeople(generations: Generations): SignInRoutesDeps {
  const now = () => generations.current;
  return {
    cookies: new SessionCookies(() => now().config.auth.sessions.secureCookies),
    signIn: () => now().identity.signIn,
    sessions() {
      const { sessions } = now().identity.authenticator;
      if (sessions) return sessions;
      throw gatewayError('internal_error', { message: 'The gateway has no place for sessions.' });
    },
  };
}
