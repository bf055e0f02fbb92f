import type { IncomingHeaders, Stranger } from '@sluice/contract';

/** What browsers keep: the id of a session, and what a sign-in needs that is under way. */
export type CookieName = 'session' | 'sign-in';

/** Hosts of this machine, for which browsers need no HTTPS. */
const LOCAL = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const LOOPBACK = /^(?:(?:::ffff:)?127\.\d+\.\d+\.\d+|::1)$/;
/** What proxies leave. Behind one, the host and the connection say nothing of where the browser is. */
const OF_PROXIES = /^(?:forwarded|via|x-forwarded-.*|x-real-ip)$/;

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

  read(name: CookieName, caller: Stranger): string | undefined {
    const { cookie } = caller.headers;
    const text = typeof cookie === 'object' ? cookie.join('; ') : (cookie ?? '');
    const start = `${this.#nameOf(name, caller)}=`;
    const found = text.split(';').flatMap((part) => {
      const pair = part.trim();
      return pair.startsWith(start) ? [pair.slice(start.length)] : [];
    });
    // Two of one name come from two places: nobody can tell which is ours.
    return found.length === 1 ? found[0] : undefined;
  }

  write(name: CookieName, value: string, { caller, maxAgeMs }: { caller: Stranger; maxAgeMs: number }): string {
    const secure = this.#isSecure(caller) ? '; Secure' : '';
    const seconds = Math.floor(maxAgeMs / 1_000);
    return `${this.#nameOf(name, caller)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  }

  clear(name: CookieName, caller: Stranger): string {
    return this.write(name, '', { caller, maxAgeMs: 0 });
  }

  #nameOf(name: CookieName, caller: Stranger): string {
    return `${this.#isSecure(caller) ? '__Host-' : ''}sluice-${name}`;
  }

  #isSecure(caller: Stranger): boolean {
    return this.#secure() && !isLocal(caller);
  }
}

/** Whether the browser is on this machine. */
function isLocal({ headers, peer }: Stranger): boolean {
  const { host = '' } = headers;
  if (typeof host !== 'string' || !LOCAL.test(host) || !LOOPBACK.test(peer?.remoteAddress ?? '')) return false;
  return !isProxied(headers);
}

function isProxied(headers: IncomingHeaders): boolean {
  return Object.keys(headers).some((name) => OF_PROXIES.test(name));
}
