import { gatewayError } from '@sluice/contract';
import type { Clock, Principal } from '@sluice/contract';
import { principalOf } from '../route.js';
import type { Route } from '../route.js';

/** What the operator, or all of one organisation, may make of keys, organisations, teams and users together in a minute. */
export const MOST_CREATIONS = 1_000;
const WINDOW_MS = 60_000;

interface Window {
  readonly endsMs: number;
  made: number;
}

/**
 * The same routes, of which those that make something refuse whoever has made too much within a minute: what is made is
 * held in memory by every process, so that nobody who may make one thing fills it, nor by keys that make keys. Each process
 * counts for itself.
 */
export function limitCreations(routes: readonly Route[], clock: Pick<Clock, 'monotonic'>): readonly Route[] {
  const windows = new Map<string, Window>();
  const windowOf = (who: string): Window => {
    const nowMs = clock.monotonic();
    const known = windows.get(who);
    if (known && known.endsMs > nowMs) return known;
    for (const [other, { endsMs }] of windows) if (endsMs <= nowMs) windows.delete(other);
    const window = { endsMs: nowMs + WINDOW_MS, made: 0 };
    windows.set(who, window);
    return window;
  };
  const limited = (route: Route): Route => ({
    ...route,
    async handle(call) {
      const window = windowOf(whose(principalOf(call)));
      if (window.made >= MOST_CREATIONS) throw tooMuch(window.endsMs - clock.monotonic());
      window.made += 1;
      try {
        return await route.handle(call);
      } catch (cause) {
        // It made nothing.
        window.made -= 1;
        throw cause;
      }
    },
  });
  return routes.map((route) => (route.openapi.responses['201'] === undefined ? route : limited(route)));
}

function whose({ kind, tenant }: Principal): string {
  return kind === 'admin' ? 'admin' : `org:${tenant}`;
}

function tooMuch(retryAfterMs: number): Error {
  return gatewayError('rate_limit_exceeded', {
    message: `Of keys, organisations, teams and users, ${MOST_CREATIONS} may be made in a minute.`,
    details: { retryAfterMs },
  });
}
