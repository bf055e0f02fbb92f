import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** How a connection ends that the other side has closed. */
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Tells the end of a socket that had been there before a request from the end of one that was opened for it. A provider
 * may close an idle connection at the very moment at which a request goes out on it: that says nothing about the provider.
 */
export class SocketAges {
  #count = 0;
  readonly #births = new WeakMap<object, number>();

  /** A number for a request, above those of all sockets that are there. */
  mark(): number {
    this.#count += 1;
    return this.#count;
  }

  /** As `connect`, and remembers how old each socket is when it fails. */
  connector(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) =>
      connect(options, (...result) => {
        if (result[1]) this.#watch(result[1]);
        callback(...result);
      });
  }

  /** True for the end of a socket that is older than the request. */
  isOlder(cause: Error, mark: number): boolean {
    const born = this.#births.get(cause);
    return born !== undefined && born < mark && RESETS.has(String((cause as { readonly code?: unknown }).code));
  }

  #watch(socket: Socket): void {
    this.#count += 1;
    const born = this.#count;
    socket.prependListener('error', (cause: Error) => this.#births.set(cause, born));
  }
}
