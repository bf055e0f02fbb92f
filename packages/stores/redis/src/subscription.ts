import { ErrorReply } from '@redis/client';
import type { Clock } from '@sluice/contract';
import type { RedisClient } from './link.js';

/** A server that is loading, or an ACL that an operator mends, says something else in a while. */
const ASK_AGAIN_MS = 1_000;

export interface SubscriptionOptions {
  readonly channel: string;
  readonly clock: Clock;
  readonly hear: (message: string) => void;
  /** The server had refused: what was said until now is lost. */
  readonly onLate: () => void;
  /** Told once of what it refuses with. */
  readonly onError: (cause: unknown) => void;
}

/**
 * Hears what is said on a channel while the connection is there. Asked for with every connection, and while the server
 * refuses it again and again, until it is granted; from then on the client asks by itself, and where that is refused has no
 * connection until it is granted.
 */
export function subscribe(client: RedisClient, options: SubscriptionOptions): void {
  const { channel, clock, hear, onLate, onError } = options;
  let state: 'wanted' | 'asked' | 'granted' = 'wanted';
  let isTold = false;
  const refuse = (cause: unknown): void => {
    state = 'wanted';
    // Where the connection has gone, that is told elsewhere, and the next one asks again.
    if (!client.isReady) return;
    if (!isTold) onError(cause);
    isTold = true;
    clock.after(ASK_AGAIN_MS, ask);
  };
  const grant = (): void => {
    state = 'granted';
    if (isTold) onLate();
    isTold = false;
  };
  const ask = (): void => {
    if (state !== 'wanted' || !client.isReady) return;
    state = 'asked';
    client.subscribe(channel, hear).then(grant, refuse);
  };
  client.on('error', (cause: unknown) => {
    if (state !== 'granted' || isTold || !(cause instanceof ErrorReply)) return;
    isTold = true;
    onError(cause);
  });
  client.on('ready', () => {
    if (state !== 'granted') return ask();
    if (isTold) onLate();
    isTold = false;
  });
}
