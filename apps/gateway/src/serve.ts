import { gatewayError } from '@sluice/contract';
import type { ComposedGateway } from './compose.js';
import { listen } from './http/server.js';
import type { ListenOptions } from './http/server.js';
import { within } from './within.js';

/** A gateway that listens. */
export interface Served {
  /** `http://HOST:PORT`, with the port that was really taken. */
  readonly url: string;
  /**
   * Not ready from now on. Resolves when what was in flight has ended; until then the socket stays open, so that probes
   * learn of it. A gateway that was used in the last ten seconds serves on for a second before it refuses new calls.
   */
  drain(): Promise<void>;
  /** Refuses new calls at once, ends what is in flight with an error, writes all and gives all back. Idempotent. */
  close(): Promise<void>;
}

/** Callers that are sent away get this long to be told. */
const LAST_WORDS_MS = 500;

/** Puts a gateway behind a socket of its own. Rejects with Node's own error, such as EADDRINUSE. */
export async function serve(gateway: ComposedGateway, options: ListenOptions): Promise<Served> {
  const listening = await listen((req, res) => gateway.handle(req, res), options);
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
    drain: () => gateway.drain(),
    close: () => (closed ??= shutDown()),
  };
}

/** Tells everyone who still waits that it is over. */
export async function dismissAll({ dismiss, empty }: Pick<ComposedGateway, 'dismiss' | 'empty'>): Promise<void> {
  dismiss(gatewayError('draining', { message: 'The gateway is shutting down.', details: { retryAfterMs: 1_000 } }));
  await within(empty(), LAST_WORDS_MS);
}
