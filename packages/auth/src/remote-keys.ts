import { gatewayError } from '@sluice/contract';
import type { Clock, Transport } from '@sluice/contract';
import { createLocalJWKSet } from 'jose';
import type { FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters, LocalJWKSet } from 'jose';

/** Between two fetches, whatever tokens come. */
const COOLDOWN_MS = 30_000;
/** Then they are fetched again, in the background. */
const FRESH_MS = 60_000;
/** How long they serve after that while they cannot be fetched. */
const OUTAGE_MS = 600_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 262_144;

export interface RemoteKeysDeps {
  readonly url: URL;
  readonly transport: Transport;
  readonly clock: Clock;
}

/**
 * The public keys of an issuer, fetched when they are needed and kept: an outage of ten minutes is not noticed, and tokens
 * that name keys at random bring about one fetch in thirty seconds. Nothing that a token says is ever fetched.
 */
export class RemoteKeys {
  readonly #deps: RemoteKeysDeps;
  #keys: LocalJWKSet | undefined;
  #fetchedMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  #pending: Promise<boolean> | undefined;

  constructor(deps: RemoteKeysDeps) {
    this.#deps = deps;
  }

  /** The key for a token. Rejects with `storage_unavailable` where there are none to be had, else as jose does. */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<Awaited<ReturnType<LocalJWKSet>>> {
    const ageMs = this.#deps.clock.monotonic() - this.#fetchedMs;
    if (ageMs > FRESH_MS + OUTAGE_MS) await this.#refresh();
    else if (ageMs >= FRESH_MS) void this.#refresh();
    try {
      return await this.#current()(header, token);
    } catch (cause) {
      // A key that is not known may be a new one.
      if (!isNoMatch(cause) || !(await this.#refresh())) throw cause;
      return this.#current()(header, token);
    }
  }

  #current(): LocalJWKSet {
    const ageMs = this.#deps.clock.monotonic() - this.#fetchedMs;
    if (this.#keys && ageMs <= FRESH_MS + OUTAGE_MS) return this.#keys;
    throw gatewayError('storage_unavailable', {
      message: "The keys of the token's issuer cannot be read.",
      details: { retryAfterMs: COOLDOWN_MS },
    });
  }

  /** True when the keys were fetched anew. Never rejects; callers at one time share one fetch. */
  #refresh(): Promise<boolean> {
    if (this.#pending) return this.#pending;
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#triedMs < COOLDOWN_MS) return Promise.resolve(false);
    this.#triedMs = nowMs;
    this.#pending = this.#fetch()
      .then(
        (keys) => {
          this.#keys = keys;
          this.#fetchedMs = this.#deps.clock.monotonic();
          return true;
        },
        () => false,
      )
      .finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #fetch(): Promise<LocalJWKSet> {
    const { url, transport, clock } = this.#deps;
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort(gatewayError('upstream_timeout')));
    try {
      const request = { method: 'GET', url, headers: { accept: 'application/json' } } as const;
      const { head, body } = await transport.send(request, { connectTimeoutMs: TIMEOUT_MS }, controller.signal);
      if (head.status !== 200) {
        body.cancel();
        throw gatewayError('upstream_invalid_response');
      }
      return toKeys(await body.bytes(MAX_BYTES));
    } finally {
      cancel();
    }
  }
}

/** An answer without keys is no answer: what there was stays. */
function toKeys(bytes: Uint8Array): LocalJWKSet {
  const set = JSON.parse(Buffer.from(bytes).toString()) as JSONWebKeySet;
  const keys = createLocalJWKSet(set);
  if (keys.jwks().keys.length === 0) throw gatewayError('upstream_invalid_response');
  return keys;
}

function isNoMatch(cause: unknown): boolean {
  return (cause as { readonly code?: unknown } | null)?.code === 'ERR_JWKS_NO_MATCHING_KEY';
}
