import { gatewayError } from '@sluice/contract';
import type { Clock, GatewayError } from '@sluice/contract';
import { createSealer } from '@sluice/toolkit';
import type { SealerOptions } from '@sluice/toolkit';
import { OidcProvider } from './oidc-provider.js';
import type { Challenge, OidcDeps } from './oidc-provider.js';
import type { OidcSettings } from './oidc-settings.js';
import type { Person } from './person.js';

/** How long somebody may take at the provider. */
const PENDING_MS = 600_000;
const RANDOM_BYTES = 32;
const MOST_REMEMBERED = 10_000;
const PURPOSE = 'sign-in';

export interface SignInDeps extends OidcDeps {
  readonly providers: readonly OidcSettings[];
  /** The secret that what browsers keep meanwhile is sealed under. */
  readonly root: string;
  readonly random: SealerOptions['random'];
}

/** A browser that is sent to a provider. */
export interface Departure {
  readonly url: string;
  /** For the browser to keep, and to nobody else readable. */
  readonly sealed: string;
  readonly maxAgeMs: number;
}
/** Who came back, and where to. */
export interface Arrival {
  readonly person: Person;
  readonly returnTo: string;
}

/** Sign-in at providers of identities. */
export interface SignIn {
  /** Rejects with `not_found` where there is no provider, or none with that issuer. */
  begin(issuer: string | undefined, returnTo: string): Promise<Departure>;
  /** Rejects with `invalid_token` for an answer that this browser did not ask for, or that came before, or by another's path. */
  finish(query: URLSearchParams, path: string, sealed: string | undefined): Promise<Arrival>;
}

interface Pending extends Challenge {
  readonly issuer: string;
  readonly returnTo: string;
  readonly untilMs: number;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { random, clock } = deps;
  const providers = deps.providers.map((settings) => new OidcProvider(settings, deps));
  const sealer = createSealer({ root: deps.root, purpose: PURPOSE, random });
  const used = new UsedStates(clock);
  const draw = (): string => random(RANDOM_BYTES).toString('base64url');
  const find = (issuer: string | undefined): OidcProvider => {
    const found = issuer === undefined ? providers[0] : providers.find((one) => one.issuer === issuer);
    if (found) return found;
    throw gatewayError('not_found', { message: 'There is no such provider of identities.' });
  };
  return {
    async begin(issuer, returnTo) {
      const provider = find(issuer);
      const challenge = { state: draw(), nonce: draw(), verifier: draw() };
      const url = await provider.begin(challenge);
      const pending: Pending = { ...challenge, issuer: provider.issuer, returnTo, untilMs: clock.now() + PENDING_MS };
      return { url, sealed: sealer.seal(JSON.stringify(pending), PURPOSE), maxAgeMs: PENDING_MS };
    },
    async finish(query, path, sealed) {
      if (providers.length === 0) throw gatewayError('not_found', { message: 'Nobody signs in here this way.' });
      const text = sealed === undefined ? undefined : sealer.open(sealed, PURPOSE);
      if (text === undefined) throw unasked();
      const pending = JSON.parse(text) as Pending;
      if (pending.untilMs <= clock.now() || !used.take(pending.state, pending.untilMs)) throw unasked();
      const provider = find(pending.issuer);
      // Each provider has a path of its own: no other one has sent the browser here.
      if (provider.path !== path) throw unasked();
      return { person: await provider.finish(query, pending), returnTo: pending.returnTo };
    },
  };
}

/** States that somebody has come back with. Each is good once. */
class UsedStates {
  readonly #untilMs = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(state: string, untilMs: number): boolean {
    if (this.#untilMs.has(state)) return false;
    if (this.#untilMs.size >= MOST_REMEMBERED) this.#forget();
    this.#untilMs.set(state, untilMs);
    return true;
  }

  #forget(): void {
    const nowMs = this.#clock.now();
    for (const [state, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(state);
    const oldest = this.#untilMs.keys().next();
    if (this.#untilMs.size >= MOST_REMEMBERED && !oldest.done) this.#untilMs.delete(oldest.value);
  }
}

function unasked(): GatewayError {
  return gatewayError('invalid_token', {
    message: 'Nobody began this sign-in in this browser, or not lately. Begin again.',
  });
}
