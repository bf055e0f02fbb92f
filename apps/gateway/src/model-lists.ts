import type { Clock, Provider, Transport } from '@sluice/contract';

const TIMEOUT_MS = 2_000;
const FRESH_MS = 300_000;
const MAX_LIST_BYTES = 4_194_304;
const NONE: ReadonlySet<string> = new Set();

export interface ModelListsDeps {
  readonly transport: Transport;
  readonly clock: Clock;
}

/**
 * What each provider says it serves. Asked for in the background and kept for five minutes; a provider that does not
 * answer keeps its last list, or has none.
 */
export class ModelLists {
  readonly #deps: ModelListsDeps;
  readonly #lists = new Map<string, ReadonlySet<string>>();
  readonly #fixed = new Set<string>();
  #refreshedMs: number | undefined;
  #underWay: Promise<void> | undefined;

  constructor(deps: ModelListsDeps) {
    this.#deps = deps;
  }

  of(provider: string): ReadonlySet<string> {
    return this.#lists.get(provider) ?? NONE;
  }

  /** A list that is known without asking. */
  fix(provider: string, models: readonly string[]): void {
    this.#lists.set(provider, new Set(models));
    this.#fixed.add(provider);
  }

  /** Asks again what is older than five minutes. Never rejects; callers at the same time share one round. */
  refresh(providers: ReadonlyMap<string, Provider>): Promise<void> {
    const nowMs = this.#deps.clock.monotonic();
    if (this.#refreshedMs !== undefined && nowMs - this.#refreshedMs < FRESH_MS)
      return this.#underWay ?? Promise.resolve();
    this.#refreshedMs = nowMs;
    const rounds = [...providers].map(([name, provider]) => this.#ask(name, provider));
    this.#underWay = Promise.all(rounds).then(() => undefined);
    return this.#underWay;
  }

  async #ask(name: string, provider: Provider): Promise<void> {
    if (!provider.models || this.#fixed.has(name)) return;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const request = await provider.authorize(provider.models.request(), signal);
      const { head, body } = await this.#deps.transport.send(request, { connectTimeoutMs: TIMEOUT_MS }, signal);
      const bytes = await body.bytes(MAX_LIST_BYTES);
      if (head.status === 200) this.#lists.set(name, new Set(provider.models.decode(bytes)));
    } catch {
      // No list is no fault: the provider's models are still reached as provider/model.
    }
  }
}
