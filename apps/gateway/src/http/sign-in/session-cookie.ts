import type { IncomingHeaders } from '@sluice/contract';

/** What browsers keep: the id of a session, and what a sign-in needs that is under way. */
export type CookieName = 'session' | 'sign-in';

/** Hosts of this machine, for which browsers need no HTTPS. */
const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Cookies that no script reads, that go to no other host and path, and with no request that another site makes but a
 * visit. `__Host-` is a browser's word that this very host set them over HTTPS; where they need not be secure, they have
 * another name, so that none that was set over plain HTTP counts elsewhere.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3
 */
export class SessionCookies {
  readonly #secure: () => boolean;

  constructor(secure: () => boolean) {
    this.#secure = secure;
  }

  read(name: CookieName, headers: IncomingHeaders): string | undefined {
    const { cookie } = headers;
    const text = typeof cookie === 'object' ? cookie.join('; ') : (cookie ?? '');
    const start = `${this.#nameOf(name, headers)}=`;
    const found = text.split(';').flatMap((part) => {
      const pair = part.trim();
      return pair.startsWith(start) ? [pair.slice(start.length)] : [];
    });
    // Two of one name come from two places: nobody can tell which is ours.
    return found.length === 1 ? found[0] : undefined;
  }

  write(
    name: CookieName,
    value: string,
    { headers, maxAgeMs }: { headers: IncomingHeaders; maxAgeMs: number },
  ): string {
    const secure = this.#isSecure(headers) ? '; Secure' : '';
    const seconds = Math.floor(maxAgeMs / 1_000);
    return `${this.#nameOf(name, headers)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  }

  clear(name: CookieName, headers: IncomingHeaders): string {
    return this.write(name, '', { headers, maxAgeMs: 0 });
  }

  #nameOf(name: CookieName, headers: IncomingHeaders): string {
    return `${this.#isSecure(headers) ? '__Host-' : ''}sluice-${name}`;
  }

  #isSecure({ host }: IncomingHeaders): boolean {
    return this.#secure() && !(typeof host === 'string' && LOCAL.test(host));
  }
}
