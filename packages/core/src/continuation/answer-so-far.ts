import type { ChatEvent, StreamWriter } from '@sluice/contract';
import { safeEnd } from './safe-end.js';

type TextDelta = Extract<ChatEvent, { readonly type: 'text-delta' }>;

/** A longer beginning is not sent to a second target. */
const MAX_CHARS = 1_048_576;

/**
 * A writer that knows what it has written, so that another target can go on from there. The white space and the half
 * code point at the end of a text wait for what follows them: the caller's text always ends where a model can go on.
 */
export class AnswerSoFar implements StreamWriter<ChatEvent> {
  readonly #writer: StreamWriter<ChatEvent>;
  #text = '';
  #waiting: TextDelta | undefined;
  #openText: number | undefined;
  #openChars = 0;
  #isReasoning = false;
  #isOver = false;
  /** Something came that no other model could go on from. */
  #isBound = false;
  #nextIndex = 0;

  constructor(writer: StreamWriter<ChatEvent>) {
    this.#writer = writer;
  }

  /** All text that the caller has. */
  get text(): string {
    return this.#text;
  }

  /** Index of the text part that has not ended. */
  get openText(): number | undefined {
    return this.#openText;
  }

  /** How much of {@link text} is in that part. */
  get openChars(): number {
    return this.#openText === undefined ? 0 : this.#openChars;
  }

  /** The first index that no part has had. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Whether what the caller has is text, and nothing that only its own model could finish. */
  get canGoOn(): boolean {
    return !this.#isOver && !this.#isBound && !this.#isReasoning && this.#text.length <= MAX_CHARS;
  }

  write(event: ChatEvent): string {
    if ('index' in event) this.#nextIndex = Math.max(this.#nextIndex, event.index + 1);
    if (event.type === 'text-delta') return this.#writeText(event);
    const before = this.#flush();
    this.#note(event);
    return before + this.#writer.write(event);
  }

  /** Forgets what waits: the caller never had it. */
  dropWaiting(): void {
    this.#waiting = undefined;
  }

  #writeText(event: TextDelta): string {
    const text = (this.#waiting?.text ?? '') + event.text;
    const end = safeEnd(text);
    this.#waiting = end < text.length ? { ...event, text: text.slice(end) } : undefined;
    return end === 0 ? '' : this.#say({ ...event, text: text.slice(0, end) });
  }

  #flush(): string {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting ? this.#say(waiting) : '';
  }

  #say(event: TextDelta): string {
    this.#openChars = event.text.length + (event.index === this.#openText ? this.#openChars : 0);
    this.#openText = event.index;
    this.#text += event.text;
    return this.#writer.write(event);
  }

  #note(event: Exclude<ChatEvent, TextDelta>): void {
    switch (event.type) {
      case 'reasoning-delta':
        this.#isReasoning = true;
        break;
      case 'part-end':
        if (event.index === this.#openText) this.#openText = undefined;
        this.#isReasoning = false;
        break;
      case 'tool-start':
      case 'tool-delta':
      case 'refusal-delta':
      case 'part':
        this.#isBound = true;
        break;
      case 'finish':
        this.#isOver = true;
        break;
      case 'start':
      case 'usage':
      case 'citation':
        break;
    }
  }
}
