/** A change with what is to follow it. */
export interface HeldChange<T> {
  /** Makes the change. What is to follow it is held back. */
  change(): T;
  /** Runs what is to follow. */
  release(): void;
}

/**
 * What is to follow changes, such as reading the keys anew. It is held back until the change and its row are in the database,
 * so that nothing is known in memory of what may yet be rolled back.
 */
export class Followers {
  readonly #onError: (cause: unknown) => void;
  #held: (() => void)[] | undefined;
  readonly #readers: (() => void)[] = [];
  /** Hears that something has changed, once what follows it has run. Must not throw. */
  onFollowed: () => void = () => undefined;

  constructor(onError: (cause: unknown) => void) {
    this.#onError = onError;
  }

  /** Runs once the change that is being made is made, not at all where it fails; at once where none is being made. */
  readonly run = (work: () => void): void => {
    if (this.#held) return void this.#held.push(work);
    work();
    this.onFollowed();
  };

  /** `read` runs each time that another process has changed something. */
  onNews(read: () => void): void {
    this.#readers.push(read);
  }

  /** Another process has changed something, and it can be read here. */
  news(): void {
    for (const read of this.#readers) this.#attempt(read);
  }

  /** Several may be held at a time, for each waits for its own transaction; while one is made, no other is. */
  hold<T>(change: () => T): HeldChange<T> {
    let held: readonly (() => void)[] = [];
    return {
      change: () => {
        const following = (this.#held = [] as (() => void)[]);
        try {
          return change();
        } finally {
          this.#held = undefined;
          held = following;
        }
      },
      release: () => {
        for (const work of held) this.#attempt(work);
        this.onFollowed();
      },
    };
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
