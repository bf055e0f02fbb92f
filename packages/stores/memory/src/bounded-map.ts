import type { Clock } from '@sluice/contract';

export interface BoundedMapOptions<V> {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly sizeOf: (value: V) => number;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  readonly expiresAtMs: number;
}

/** About what the map itself spends on an entry. */
const ENTRY_BYTES = 200;

/**
 * A map that never holds more than `maxBytes`: the entry that was not used for the longest time goes first, and one
 * that alone is too large is not kept. Lifetimes run on monotonic time.
 */
export class BoundedMap<V> {
  /** In order of use, least recent first. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #options: BoundedMapOptions<V>;
  #bytes = 0;

  constructor(options: BoundedMapOptions<V>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs <= this.#options.clock.monotonic()) {
      this.delete(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Without `ttlMs` the entry stays until it is pushed out. */
  set(key: string, value: V, ttlMs = Number.POSITIVE_INFINITY): this {
    this.delete(key);
    const bytes = ENTRY_BYTES + key.length + this.#options.sizeOf(value);
    if (bytes > this.#options.maxBytes) return this;
    this.#entries.set(key, { value, bytes, expiresAtMs: this.#options.clock.monotonic() + ttlMs });
    this.#bytes += bytes;
    this.#evict();
    return this;
  }

  delete(key: string): boolean {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #evict(): void {
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) return;
      this.delete(key);
    }
  }
}
