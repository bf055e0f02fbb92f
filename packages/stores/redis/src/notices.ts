import type { RedisLink } from './link.js';

/**
 * Tells the other gateways at once that something has changed. A notice may be lost: whoever hears of a change this way
 * also has to look for it now and then.
 */
export interface Notices {
  /** Never rejects or throws. */
  publish(): void;
  /** For each notice of another process, and once after each time that some may have been lost. */
  onNotice(hear: () => void): void;
}

interface NoticeOptions {
  readonly channel: string;
  /** Of this process: it does not hear itself. */
  readonly sender: string;
  /** Told once of what the server refuses the channel with. */
  readonly onError: (cause: unknown) => void;
}

/** The connections of notices. Where a server refuses the channel, the one that hears has to do without it all. */
interface NoticeLinks {
  readonly tells: RedisLink;
  readonly hears: RedisLink;
}

export function createNotices(
  { tells, hears }: NoticeLinks,
  { channel, sender, onError }: NoticeOptions,
): Notices & { missed(): void } {
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const hear of listeners) hear();
  };
  const hearMessage = (message: string): void => {
    if (message !== sender) tell();
  };
  hears.subscribe({ channel, hear: hearMessage, onLate: tell, onError });
  return {
    publish() {
      tells.run((client) => client.publish(channel, sender), 'usual').catch(() => undefined);
    },
    onNotice: (hear) => void listeners.push(hear),
    missed: tell,
  };
}
