import { gatewayError } from '@sluice/contract';
import type { ChatEvent } from '@sluice/contract';
import type { NamedText } from '../kinds/guard.js';
import type { TextDelta } from './text-delta.js';

type Delta = TextDelta | Extract<ChatEvent, { readonly type: 'tool-delta' }>;

/** A longer answer is not judged as a whole, and so not let through. */
const MAX_CHARS = 8_388_608;
const KINDS: Readonly<Record<Delta['type'], string>> = {
  'text-delta': 'text',
  'reasoning-delta': 'reasoning',
  'refusal-delta': 'refusal',
  'tool-delta': 'tool-call',
};

/** The events of an answer, the pieces of each part put together. */
export class HeldAnswer {
  readonly #events: ChatEvent[] = [];
  /** Where the text of each part stands. */
  readonly #at = new Map<number, number>();
  readonly #isBounded: boolean;
  #chars = 0;

  /** `isBounded`: more than can be judged is refused, and not left out. */
  constructor(isBounded: boolean) {
    this.#isBounded = isBounded;
  }

  add(event: ChatEvent): void {
    if (!isDelta(event)) {
      this.#events.push(event);
      return;
    }
    this.#chars += textOf(event).length;
    if (this.#chars > MAX_CHARS && this.#isBounded) throw tooLong();
    if (this.#chars > MAX_CHARS) return;
    const at = this.#at.get(event.index);
    if (at === undefined) this.#at.set(event.index, this.#events.push(event) - 1);
    else this.#events[at] = withText(event, textOf(this.#events[at] as Delta) + textOf(event));
  }

  texts(): readonly NamedText[] {
    return this.#events.filter(isDelta).map((event) => ({ kind: KINDS[event.type], text: textOf(event) }));
  }

  /** All of them, with the texts as they were judged, where that changed them. */
  events(judged: readonly NamedText[] | undefined): readonly ChatEvent[] {
    let at = 0;
    const changed = new Set<number>();
    return this.#events.map((event) => {
      // A signature would no longer fit.
      if (event.type === 'part-end' && changed.has(event.index)) return { type: 'part-end', index: event.index };
      if (!isDelta(event)) return event;
      const before = textOf(event);
      const text = judged?.[at++]?.text ?? before;
      if (text !== before) changed.add(event.index);
      return withText(event, text);
    });
  }
}

function isDelta(event: ChatEvent): event is Delta {
  return Object.hasOwn(KINDS, event.type);
}

function textOf(event: Delta): string {
  return event.type === 'tool-delta' ? event.json : event.text;
}

function withText(event: Delta, text: string): Delta {
  return event.type === 'tool-delta' ? { ...event, json: text } : { type: event.type, index: event.index, text };
}

function tooLong(): Error {
  return gatewayError('content_policy_violation', {
    message: 'The answer is longer than the guards of this call can judge.',
  });
}
