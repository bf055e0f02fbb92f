/**
 * What is to follow changes, such as reading the keys anew. It is held back until the change and its row are in the database,
 * so that nothing is known in memory of what may yet be rolled back.
 */
export class Followers {
  readonly #onError: (cause: unknown) => void;
  #held: (() => void)[] | undefined;

  constructor(onError: (cause: unknown) => void) {
    this.#onError = onError;
  }

  /** Runs once the change that is being made is made, not at all where it fails; at once where none is being made. */
  readonly run = (work: () => void): void => {
    if (this.#held) this.#held.push(work);
    else work();
  };

  /** Makes a change, then runs what is to follow it. Throws what `change` throws. */
  around<T>(change: () => T): T {
    const held = (this.#held = []);
    let result: T;
    try {
      result = change();
    } finally {
      this.#held = undefined;
    }
    for (const work of held) this.#attempt(work);
    return result;
  }

  /** The change is made, whatever comes of what follows; and who reads the database now and then sees it by itself. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#onError(cause);
    }
  }
}
