import { gatewayError } from '@sluice/contract';
import type { ChatEvent, StreamWriter, Usage } from '@sluice/contract';
import { addUsage } from '../add-usage.js';
import type { AnswerSoFar } from './answer-so-far.js';

type Indexed = Extract<ChatEvent, { readonly index: number }>;

export interface Splice {
  readonly soFar: AnswerSoFar;
  /** What the targets before used. */
  readonly used: Usage | undefined;
  /** The text with which the answer begins before it goes on; empty where it does not say it again. */
  readonly repeated: string;
  /** Stands where the answers meet. */
  readonly mark: string;
}

/**
 * Takes the events of an answer that goes on from a beginning, and writes them as if the first answer had never been
 * cut: one start, the open text part goes on, parts are counted on, usage is the sum. Until the first content nothing
 * reaches the writer, so that an attempt which fails before leaves no trace.
 */
export class SplicedWriter implements StreamWriter<ChatEvent> {
  readonly #splice: Splice;
  readonly #indexes = new Map<number, number>();
  readonly #early: ChatEvent[] = [];
  #begun = false;
  /** How much of the repeated text was heard. */
  #heard = 0;
  /** Where in the joined text part this answer begins. */
  readonly #offset: number;
  /** The part of this answer that goes on with the open text. */
  #joined: number | undefined;

  constructor(splice: Splice) {
    this.#splice = splice;
    this.#offset = splice.soFar.openChars;
  }

  write(event: ChatEvent): string {
    if (event.type === 'start') return '';
    if (event.type === 'text-delta' && this.#heard < this.#splice.repeated.length) return this.#hear(event);
    if (!this.#begun && !isContent(event)) {
      this.#early.push(event);
      return '';
    }
    if (event.type === 'finish' && this.#heard < this.#splice.repeated.length) throw notRepeated();
    return this.#begin() + this.#pass(event);
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    let text = this.#splice.mark;
    for (const event of this.#early) text += this.#pass(event);
    return text;
  }

  /** Takes the beginning off. An answer that begins otherwise is no continuation. */
  #hear(event: Extract<ChatEvent, { readonly type: 'text-delta' }>): string {
    const { repeated } = this.#splice;
    const length = Math.min(event.text.length, repeated.length - this.#heard);
    if (!repeated.startsWith(event.text.slice(0, length), this.#heard)) throw notRepeated();
    this.#heard += length;
    this.#join(event.index);
    const text = event.text.slice(length);
    return text === '' ? '' : this.#begin() + this.#pass({ ...event, text });
  }

  #pass(event: ChatEvent): string {
    const { soFar, used } = this.#splice;
    if ('index' in event) return this.#place(event);
    if (event.type === 'usage' && used) return soFar.write({ ...event, usage: addUsage(used, event.usage) });
    if (event.type === 'finish') return this.#closeText() + soFar.write(event);
    return soFar.write(event);
  }

  #place(event: Indexed): string {
    const { soFar } = this.#splice;
    if (event.type === 'text-delta') this.#join(event.index);
    const known = this.#indexes.get(event.index);
    if (known !== undefined) return soFar.write(moved(event, known, event.index === this.#joined ? this.#offset : 0));
    const before = this.#closeText();
    const index = soFar.nextIndex;
    this.#indexes.set(event.index, index);
    return before + soFar.write(moved(event, index, 0));
  }

  /** Only the first part of this answer can go on with a text that is open. */
  #join(index: number): void {
    const open = this.#splice.soFar.openText;
    if (this.#indexes.size > 0 || open === undefined) return;
    this.#indexes.set(index, open);
    this.#joined = index;
  }

  /** Ends the first answer's text where nothing of this one belongs to it. */
  #closeText(): string {
    const { soFar } = this.#splice;
    if (this.#indexes.size > 0 || soFar.openText === undefined) return '';
    return soFar.write({ type: 'part-end', index: soFar.openText });
  }
}

function moved(event: Indexed, index: number, offset: number): ChatEvent {
  if (event.type !== 'citation' || !event.citation.range || offset === 0) return { ...event, index };
  const [start, end] = event.citation.range;
  return { ...event, index, citation: { ...event.citation, range: [start + offset, end + offset] } };
}

function isContent({ type }: ChatEvent): boolean {
  return type !== 'start' && type !== 'usage' && type !== 'part-end';
}

function notRepeated(): Error {
  return gatewayError('upstream_invalid_response', {
    message: 'The provider did not go on with the answer that was begun.',
  });
}
