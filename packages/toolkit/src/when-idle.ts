/** Those who wait until nothing of something is left. */
export class WhenIdle {
  readonly #isIdle: () => boolean;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle;
  }

  /** Resolves when it is so; at once where it is so already. */
  wait(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** To be called whenever one has ended. */
  check(): void {
    if (!this.#waiting || !this.#isIdle()) return;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }
}
