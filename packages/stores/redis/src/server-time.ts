/**
 * What the server's clock says, as far as can be told from here: each answer tells its time at some moment between the
 * call and the answer. The estimate is never ahead of the server, so that a call is void no later than its caller gives up.
 */
export class ServerTime {
  /** To be added to monotonic time. */
  #offsetMs: number | undefined;

  /** The server's time at a moment of ours. */
  at(monotonicMs: number): number {
    return Math.floor(monotonicMs + (this.#offsetMs ?? 0));
  }

  note(serverMs: number, calledMs: number, answeredMs: number): void {
    const least = serverMs - answeredMs;
    const known = this.#offsetMs;
    // Beyond what the answer allows, the server's clock was set.
    if (known === undefined || known < least || known > serverMs + 1 - calledMs) this.#offsetMs = least;
  }
}
