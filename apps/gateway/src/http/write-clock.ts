import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Cancel, Clock } from '@sluice/contract';

/** How often is looked at those who wait, in the time that they have; but at least each second. */
const LOOKS = 8;
const LOOK_EVERY_MS = 1_000;

export interface WriteClockDeps {
  readonly clock: Clock;
  /** Whoever takes no byte of what waits for it in so many milliseconds is cut off. Asked at each look. */
  timeoutMs(): number;
}

/** Those whose answers wait for them to read. */
export interface Waiting {
  /** Something waits for this caller. */
  add(res: ServerResponse): unknown;
  /** Nothing waits any more, or the caller is gone. */
  delete(res: ServerResponse): unknown;
}

interface Seen {
  /** What the kernel had taken of the connection. */
  taken: number;
  sinceMs: number;
}

/**
 * Cuts callers off who do not read. Who reads slowly is not one of them: what counts is each byte that the kernel takes. A
 * socket's own timer can't tell them apart in one period, and would be one for each; this one looks at all that wait
 * together, and does not run while nobody does. At the latest a quarter of the time, or two seconds, is added to it.
 */
export class WriteClock implements Waiting {
  readonly #clock: Clock;
  readonly #timeoutMs: () => number;
  readonly #seen = new Map<ServerResponse, Seen>();
  #cancel: Cancel | undefined;
  // What the kernel has room for by now is written first: the timer may be late because the process was stopped.
  readonly #soon = (): void => void setImmediate(this.#look);

  constructor({ clock, timeoutMs }: WriteClockDeps) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  add(res: ServerResponse): void {
    this.#seen.set(res, { taken: takenOf(res.socket), sinceMs: this.#clock.monotonic() });
    this.#cancel ??= this.#clock.after(this.#everyMs(), this.#soon);
  }

  delete(res: ServerResponse): void {
    this.#seen.delete(res);
  }

  readonly #look = (): void => {
    const nowMs = this.#clock.monotonic();
    const timeoutMs = this.#timeoutMs();
    for (const [res, seen] of this.#seen) {
      const { socket } = res;
      // Whoever added it need not hear of that: behind another answer it has no socket, and Node 22 tells it nothing.
      if (res.req.socket.destroyed) this.#seen.delete(res);
      const taken = takenOf(socket);
      if (taken !== seen.taken) Object.assign(seen, { taken, sinceMs: nowMs });
      // With the kernel's buffers: a connection that is closed keeps them for as long as the other side neither reads nor goes.
      else if (nowMs - seen.sinceMs >= timeoutMs) socket?.resetAndDestroy();
    }
    this.#cancel = this.#seen.size > 0 ? this.#clock.after(this.#everyMs(), this.#soon) : undefined;
  };

  #everyMs(): number {
    return Math.min(LOOK_EVERY_MS, this.#timeoutMs() / LOOKS);
  }
}

interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * How much of a connection the kernel has taken. Of a write that is under way Node tells it nobody, but goes by it itself:
 * `Socket._onTimeout` of lib/net.js. An answer behind another one has no socket yet, and waits for that one.
 */
function takenOf(socket: (Socket & { readonly _handle?: Handle | null }) | null): number {
  const handle = socket?._handle;
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}
