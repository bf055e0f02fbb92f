const CONNECT_TIMEOUT_MS = 1_000;
/**
 * A server that takes connections and says nothing: what was begun with it is begun anew. Once it has said something,
 * the link looks for signs of life itself, for this timer takes a process that stands still for a server that does.
 */
const HANDSHAKE_TIMEOUT_MS = 3_000;
const FIRST_RETRY_MS = 20;
const MOST_RETRY_MS = 200;
const MOST_DOUBLINGS = 4;

interface ConnectionOptions {
  readonly RESP: 3;
  readonly disableOfflineQueue: true;
  readonly socket: {
    readonly connectTimeout: number;
    readonly socketTimeout: number;
    readonly reconnectStrategy: (retries: number) => number;
  };
}

/** How to connect: without a queue, and again and again, never all gateways at once. */
export function connectionOptions(random: () => number): ConnectionOptions {
  return {
    RESP: 3,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: HANDSHAKE_TIMEOUT_MS,
      reconnectStrategy: (retries: number): number => retryMs(retries, random),
    },
  };
}

function retryMs(retries: number, random: () => number): number {
  const most = Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(retries, MOST_DOUBLINGS));
  return Math.ceil(most * (0.5 + random() / 2));
}
