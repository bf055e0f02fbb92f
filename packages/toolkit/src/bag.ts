/** What may be in a bag, one at a time. */
export interface Bagged {
  /** Where it is; set by the bag alone. */
  place: number;
}

/**
 * What is under way at the moment, in no order. To put something in and to take it out costs next to nothing, and what is
 * gone leaves no trace; of a `Set`, see `FleetingMap`.
 */
export class Bag<T extends Bagged> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** False where it is not in there. */
  delete(item: T): boolean {
    const { place } = item;
    if (this.#items[place] !== item) return false;
    const last = this.#items.pop() as T;
    if (last === item) return true;
    this.#items[place] = last;
    last.place = place;
    return true;
  }

  /** All that is in there now. */
  list(): readonly T[] {
    return [...this.#items];
  }
}
