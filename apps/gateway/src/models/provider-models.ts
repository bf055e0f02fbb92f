import type { Clock, Provider, Transport } from '@sluice/contract';

const TIMEOUT_MS = 2_000;
const FRESH_MS = 300_000;
const MAX_LIST_BYTES = 4_194_304;
const NONE: ReadonlySet<string> = new Set();

export interface ProviderModelsDeps {
  readonly transport: Transport;
  readonly clock: Clock;
}

/** A provider that can be asked for its models. */
interface Source {
  readonly provider: Provider;
  /** When it was last asked. */
  askedMs: number;
  /** Whether it answered then. */
  answered: boolean;
  /** The question that is still open. */
  underWay: Promise<void> | undefined;
}

/**
 * What each provider says it serves, kept for five minutes. An older list is handed out all the same while its provider
 * is asked again in the background; one that does not answer keeps its last list, or has none.
 */
export class ProviderModels {
  readonly #deps: ProviderModelsDeps;
  readonly #sources = new Map<string, Source>();
  readonly #models = new Map<string, ReadonlySet<string>>();

  constructor(providers: ReadonlyMap<string, Provider>, deps: ProviderModelsDeps) {
    this.#deps = deps;
    for (const [name, provider] of providers) {
      const source = { provider, askedMs: Number.NEGATIVE_INFINITY, answered: false, underWay: undefined };
      if (provider.models) this.#sources.set(name, source);
    }
  }

  /** A list that is known without asking. */
  fix(provider: string, models: readonly string[]): void {
    this.#models.set(provider, new Set(models));
    this.#sources.delete(provider);
  }

  /** What is known at the moment. */
  of(provider: string): ReadonlySet<string> {
    const source = this.#sources.get(provider);
    if (source && this.#isOld(source)) void this.#ask(provider, source);
    return this.#models.get(provider) ?? NONE;
  }

  /**
   * Asks every provider whose list is old or was last asked for in vain. Resolves when those without any list have
   * answered, two seconds later at most; never rejects.
   */
  async refresh(): Promise<void> {
    const awaited: Promise<void>[] = [];
    for (const [name, source] of this.#sources) {
      if (source.answered && !this.#isOld(source)) continue;
      const asked = this.#ask(name, source);
      if (!this.#models.has(name)) awaited.push(asked);
    }
    await Promise.all(awaited);
  }

  #isOld({ askedMs }: Source): boolean {
    return this.#deps.clock.monotonic() - askedMs >= FRESH_MS;
  }

  /** Who asks while a question is open shares its answer. */
  #ask(name: string, source: Source): Promise<void> {
    return (source.underWay ??= this.#read(name, source).finally(() => (source.underWay = undefined)));
  }

  async #read(name: string, source: Source): Promise<void> {
    source.askedMs = this.#deps.clock.monotonic();
    source.answered = false;
    try {
      const models = await this.#fetch(source.provider);
      if (!models) return;
      this.#models.set(name, models);
      source.answered = true;
    } catch {
      // No list is no fault: the provider's models are still reached as provider/model.
    }
  }

  async #fetch(provider: Provider): Promise<ReadonlySet<string> | undefined> {
    const { models } = provider;
    if (!models) return undefined;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = await provider.authorize(models.request(), signal);
    const { head, body } = await this.#deps.transport.send(request, { connectTimeoutMs: TIMEOUT_MS }, signal);
    const bytes = await body.bytes(MAX_LIST_BYTES);
    return head.status === 200 ? new Set(models.decode(bytes)) : undefined;
  }
}
