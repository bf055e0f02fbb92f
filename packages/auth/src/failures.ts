import { isIPv6 } from 'node:net';
import { gatewayError, isGatewayError } from '@sluice/contract';
import type { Clock, ErrorCode } from '@sluice/contract';

export interface FailureRules {
  /** Refused credentials in a window; what is more is told to wait. */
  readonly limit: number;
  readonly window: number;
}

/** Somebody who sent nothing has not guessed. */
const GUESSES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_api_key',
  'revoked_api_key',
  'expired_api_key',
  'invalid_token',
  'expired_token',
]);
const MOST_REMEMBERED = 10_000;

interface Window {
  readonly endsMs: number;
  count: number;
}

/** Counts refused credentials by the address that they came from. Costs nothing where none is refused. */
export class Failures {
  readonly #windows = new Map<string, Window>();
  readonly #rules: FailureRules;
  readonly #clock: Clock;

  constructor(rules: FailureRules, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /** What a caller is told whose credential failed with `cause`: that, or to wait. */
  judge(cause: unknown, address: string | undefined): unknown {
    if (address === undefined || !isGatewayError(cause) || !GUESSES.has(cause.code)) return cause;
    const { count, endsMs } = this.#count(toOrigin(address));
    if (count <= this.#rules.limit) return cause;
    return gatewayError('rate_limit_exceeded', {
      message: 'Too many credentials from this address were refused.',
      details: { retryAfterMs: endsMs - this.#clock.monotonic() },
      cause,
    });
  }

  #count(origin: string): Window {
    const nowMs = this.#clock.monotonic();
    const known = this.#windows.get(origin);
    if (known && known.endsMs > nowMs) {
      known.count += 1;
      return known;
    }
    // Last among those that are remembered: the first to be forgotten is the one that began longest ago.
    this.#windows.delete(origin);
    const oldest = this.#windows.size >= MOST_REMEMBERED ? this.#windows.keys().next() : undefined;
    if (oldest && !oldest.done) this.#windows.delete(oldest.value);
    const window = { endsMs: nowMs + this.#rules.window, count: 1 };
    this.#windows.set(origin, window);
    return window;
  }
}

/** Whoever has one address of IPv6 has its whole /64. */
function toOrigin(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':');
  // Written short, what is left out stands between the two halves.
  const missing = address.includes('::') ? 8 - groups.length - tail.split(':').length : 0;
  const all = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...tail.split(':')];
  return all.slice(0, 4).join(':');
}
