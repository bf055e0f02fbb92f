import { gatewayError } from '@sluice/contract';
import type { RunningGateway } from './compose.js';
import { listen } from './http/server.js';
import type { ListenOptions } from './http/server.js';

export interface Served {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /**
   * Not ready from now on. Resolves when what was in flight has ended; until then the socket stays open, so that probes
   * learn of it, and new calls are refused after a short grace.
   */
  drain(): Promise<void>;
  /** Ends what is still in flight with an error, writes everything pending and gives everything back. */
  close(): Promise<void>;
}

/** Callers that are sent away get this long to be told. */
const LAST_WORDS_MS = 500;

/** Puts a gateway behind a socket of its own. Rejects with Node's own error, such as EADDRINUSE. */
export async function serve(gateway: RunningGateway, options: ListenOptions): Promise<Served> {
  const listening = await listen((req, res) => gateway.handle(req, res), options);
  return {
    url: listening.url,
    async drain() {
      gateway.startDraining();
      await gateway.callers.empty();
    },
    async close() {
      gateway.startDraining();
      const stopped = listening.stopAccepting();
      await dismissAll(gateway);
      listening.closeAll();
      await stopped;
      await gateway.close();
    },
  };
}

/** Tells everyone who still waits that it is over. */
export async function dismissAll({ callers }: Pick<RunningGateway, 'callers'>): Promise<void> {
  const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
  callers.dismiss(
    gatewayError('draining', { message: 'The gateway is shutting down.', details: { retryAfterMs: 1_000 } }),
  );
  const timer = setTimeout(resolve, LAST_WORDS_MS);
  await Promise.race([callers.empty(), timeIsUp]);
  clearTimeout(timer);
}
