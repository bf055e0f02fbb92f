import { gatewayError } from '@sluice/contract';
import type { ChatEvent } from '@sluice/contract';

type GrowEvent = Exclude<Extract<ChatEvent, { readonly index: number }>, { readonly type: 'part' | 'part-end' }>;
type PartKind = 'text' | 'reasoning' | 'refusal' | 'tool';

const KINDS: Readonly<Record<GrowEvent['type'], PartKind>> = {
  'text-delta': 'text',
  'reasoning-delta': 'reasoning',
  'refusal-delta': 'refusal',
  'tool-start': 'tool',
  'tool-delta': 'tool',
  citation: 'text',
};

/**
 * The grammar of a canonical stream: `start` first, parts that open once and close once, `finish` last, nothing after.
 * Enforced here once, so that adapters stay simple and a faulty one is told apart from a faulty provider.
 */
export class EventOrder {
  #stage: 'before' | 'inside' | 'over' = 'before';
  /** Kinds of the parts that are open. */
  readonly #open = new Map<number, PartKind>();
  readonly #closed = new Set<number>();

  /** Throws `upstream_invalid_response` for an event out of place. */
  check(event: ChatEvent): void {
    if (event.type === 'start') return this.#start();
    if (this.#stage !== 'inside')
      throw outOfPlace(event, this.#stage === 'over' ? 'after the finish' : 'before the start');
    if (event.type === 'finish') this.#finish(event);
    else if (event.type === 'part-end') this.#close(event);
    else if (event.type === 'part') this.#whole(event);
    else if (event.type !== 'usage') this.#touch(event);
  }

  #start(): void {
    if (this.#stage !== 'before') throw outOfPlace({ type: 'start' }, 'a second time');
    this.#stage = 'inside';
  }

  #finish(event: ChatEvent): void {
    if (this.#open.size > 0) throw outOfPlace(event, 'before every part has ended');
    this.#stage = 'over';
  }

  #touch(event: GrowEvent): void {
    const { type, index } = event;
    if (this.#closed.has(index)) throw outOfPlace(event, 'after its part has ended');
    const open = this.#open.get(index);
    if (open === undefined) return this.#begin(event);
    if (type === 'tool-start') throw outOfPlace(event, 'a second time');
    if (open !== KINDS[type]) throw outOfPlace(event, `in a part of ${open}`);
  }

  #begin(event: GrowEvent): void {
    const { type, index } = event;
    if (type === 'tool-delta') throw outOfPlace(event, 'before its tool call');
    if (type === 'citation') throw outOfPlace(event, 'before its text');
    const kind = KINDS[type];
    for (const other of this.#open.values()) {
      if (kind !== 'tool' || other !== 'tool') throw outOfPlace(event, `while a part of ${other} was open`);
    }
    this.#open.set(index, kind);
  }

  #whole(event: Extract<ChatEvent, { readonly type: 'part' }>): void {
    if (this.#closed.has(event.index)) throw outOfPlace(event, 'a second time');
    if (this.#open.size > 0) throw outOfPlace(event, 'while another part was open');
    this.#closed.add(event.index);
  }

  #close(event: Extract<ChatEvent, { readonly type: 'part-end' }>): void {
    // A part may consist of its end alone: redacted reasoning has no text, only state.
    if (this.#closed.has(event.index)) throw outOfPlace(event, 'a second time');
    this.#open.delete(event.index);
    this.#closed.add(event.index);
  }
}

function outOfPlace(event: { readonly type: string }, where: string): Error {
  return gatewayError('upstream_invalid_response', {
    message: "The provider's stream is out of order.",
    cause: new Error(`"${event.type}" came ${where}`),
  });
}
