import type { RedisLink } from './link.js';

/**
 * Tells the other gateways at once that something has changed. A notice may be lost: whoever hears of a change this way
 * also has to look for it now and then.
 */
export interface Notices {
  /** Never rejects or throws. */
  publish(topic: string): void;
  /** For each notice of another process, and once after each time that some may have been lost. */
  onNotice(hear: (topic: string) => void): void;
}

/** The topic of a notice that stands for all that may have been lost. */
const ANYTHING = '*';

interface NoticeOptions {
  readonly channel: string;
  /** Of this process: it does not hear itself. */
  readonly sender: string;
}

export function createNotices(link: RedisLink, { channel, sender }: NoticeOptions): Notices & { missed(): void } {
  const listeners: ((topic: string) => void)[] = [];
  const tell = (topic: string): void => {
    for (const hear of listeners) hear(topic);
  };
  link.subscribe(channel, (message) => {
    const cut = message.indexOf(' ');
    if (message.slice(0, cut) !== sender) tell(message.slice(cut + 1));
  });
  return {
    publish(topic) {
      link.run((client) => client.publish(channel, `${sender} ${topic}`), 'usual').catch(() => undefined);
    },
    onNotice: (hear) => void listeners.push(hear),
    missed: () => tell(ANYTHING),
  };
}
