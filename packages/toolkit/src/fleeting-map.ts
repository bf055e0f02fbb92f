/** After so many deletions, or as many as there are entries, those that are left move on to a new map. */
const MOVES_AFTER = 256;

/**
 * A map of what comes and goes with each request. As entries come and go, a `Map` makes itself a new table again and again,
 * and the old one points to it. Once one of them has grown old, it keeps all that come after it and everything in them, dead
 * as they are, until V8 looks through the old objects: each request would grow old too. Here no chain of tables is long.
 */
export class FleetingMap<K, V> {
  #entries = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value);
  }

  /** False where there was none. */
  delete(key: K): boolean {
    if (!this.#entries.delete(key)) return false;
    this.#deleted += 1;
    if (this.#deleted >= MOVES_AFTER && this.#deleted >= this.#entries.size) this.#move();
    return true;
  }

  keys(): MapIterator<K> {
    return this.#entries.keys();
  }

  values(): MapIterator<V> {
    return this.#entries.values();
  }

  /** In the order in which they came. What is deleted meanwhile may still be met. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#entries.entries();
  }

  #move(): void {
    this.#entries = new Map(this.#entries);
    this.#deleted = 0;
  }
}
