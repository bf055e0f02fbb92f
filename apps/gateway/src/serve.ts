import { gatewayError } from '@sluice/contract';
import type { ComposedGateway } from './composed-gateway.js';
import { listen } from './http/server.js';
import type { Address, ConnectionLimits } from './http/server.js';
import { within } from './within.js';

/** A gateway that listens. */
export interface Served {
  /** `http://HOST:PORT`, with the port that was really taken. */
  readonly url: string;
  /** How long requests in flight may go on at a stop, as the configuration of the moment has it. */
  readonly drainTimeoutMs: number;
  /** Loads the configuration again. Never rejects where there is a file to load. */
  reload(): Promise<unknown>;
  /**
   * Not ready from now on. Resolves when what was in flight has ended. A gateway that was used in the last ten seconds
   * serves on for a second, so that probes learn of it, before it refuses new calls and connections.
   */
  drain(): Promise<void>;
  /**
   * Leaves the socket to another process: no new connections from now on; those that are open are served to their end.
   * Resolves when none is left.
   */
  leave(): Promise<void>;
  /** Takes note of an error that nothing has caught, and ends the request in whose course it came with a 500. */
  confine(cause: unknown): void;
  /** Refuses new calls at once, ends what is in flight with an error, writes all and gives all back. Idempotent. */
  close(): Promise<void>;
}

/** Callers that are sent away get this long to be told. */
const LAST_WORDS_MS = 500;

/** Puts a gateway behind a socket of its own. Rejects with Node's own error, such as EADDRINUSE. */
export async function serve(gateway: ComposedGateway, options: Address & ConnectionLimits): Promise<Served> {
  const listening = await listen((req, res) => gateway.handle(req, res), {
    ...options,
    onAcceptError: (cause) => gateway.onAcceptError(cause),
    onRefused: (status) => gateway.onRefused(status),
    refusesConnections: () => gateway.refusesConnections(),
  });
  const shutDown = async (): Promise<void> => {
    gateway.stop();
    const stopped = listening.stopAccepting();
    await dismissAll(gateway);
    listening.closeAll();
    await stopped;
    await gateway.close();
  };
  let closed: Promise<void> | undefined;
  return {
    url: listening.url,
    get drainTimeoutMs() {
      return gateway.config.server.drainTimeoutMs;
    },
    reload: () => gateway.reloads.reload(),
    async drain() {
      await gateway.drain();
      void listening.closeSocket();
      await gateway.empty();
    },
    leave() {
      gateway.leave();
      return listening.closeSocket();
    },
    confine: (cause) => gateway.confine(cause),
    close: () => (closed ??= shutDown()),
  };
}

/** Tells everyone who still waits that it is over. */
export async function dismissAll({ dismiss, empty }: Pick<ComposedGateway, 'dismiss' | 'empty'>): Promise<void> {
  dismiss(gatewayError('draining', { message: 'The gateway is shutting down.', details: { retryAfterMs: 1_000 } }));
  await within(empty(), LAST_WORDS_MS);
}
