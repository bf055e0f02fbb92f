import { gatewayError, toGatewayError } from '@sluice/contract';
import type {
  AnswerSummary,
  ChatEvent,
  Finish,
  Frame,
  FrameReader,
  GatewayError,
  OutputText,
  StreamDecoder,
  StreamScanner,
  StreamWriter,
  Usage,
} from '@sluice/contract';
import { EventOrder } from './event-order.js';

const EMPTY = Buffer.alloc(0);

export interface TranslatorParts<Event> {
  readonly reader: FrameReader;
  readonly decoder: StreamDecoder<Event>;
  readonly writer: StreamWriter<Event>;
  /** The model that was asked, for a vendor that does not say which one answers. */
  readonly asked: string;
}

/** Kept of what was written, in case that somebody has to count it. */
const MAX_TEXT_CHARS = 4_096;

/** A provider's stream written anew in the caller's dialect: one batch of events for each network read. */
export class StreamTranslator<Event> implements StreamScanner {
  readonly #decoder: StreamDecoder<Event>;
  readonly #writer: StreamWriter<Event>;
  readonly #reader: FrameReader;
  readonly #asked: string;
  readonly #order = new EventOrder();
  #outputChars = 0;
  #text = '';
  #usage: Usage | undefined;
  #finish: Finish | undefined;
  #model: string | undefined;
  #serviceTier: string | undefined;
  #committed = false;
  #progress = 0;
  #failure: GatewayError | undefined;

  constructor({ reader, decoder, writer, asked }: TranslatorParts<Event>) {
    this.#reader = reader;
    this.#decoder = decoder;
    this.#writer = writer;
    this.#asked = asked;
  }

  get committed(): boolean {
    return this.#committed;
  }

  get finished(): boolean {
    return this.#finish !== undefined;
  }

  get progress(): number {
    return this.#progress;
  }

  get failure(): GatewayError | undefined {
    return this.#failure;
  }

  push(read: Uint8Array): Uint8Array {
    if (this.#failure) return EMPTY;
    let text = '';
    try {
      for (const frame of this.#reader.push(read)) text += this.#translate(frame);
    } catch (cause) {
      // What came before the fault still goes out.
      this.#failure = toGatewayError(cause);
    }
    return text === '' ? EMPTY : Buffer.from(text);
  }

  end(): Uint8Array {
    let text = '';
    for (const frame of this.#reader.end?.() ?? []) text += this.#translate(frame);
    for (const event of this.#decoder.end()) text += this.#write(event);
    if (!this.#finish) {
      throw gatewayError('upstream_truncated', {
        message: "The provider's stream ended before its end was announced.",
      });
    }
    return text === '' ? EMPTY : Buffer.from(text);
  }

  summary(): AnswerSummary {
    return {
      outputChars: this.#outputChars,
      ...(this.#usage ? { usage: this.#usage } : {}),
      ...(this.#finish ? { finish: this.#finish } : {}),
      ...(this.#model === undefined ? {} : { model: this.#model }),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
    };
  }

  outputText(): OutputText {
    return { text: this.#text, share: this.#text.length / this.#outputChars };
  }

  #translate(frame: Frame): string {
    let text = '';
    for (const event of this.#decoder.push(frame)) text += this.#write(event);
    return text;
  }

  #write(event: Event): string {
    // Only chat streams, so its events are the only ones there are.
    const step = event as ChatEvent;
    this.#order.check(step);
    this.#note(step);
    if (step.type === 'start' && step.model === '') return this.#writer.write({ ...event, model: this.#asked });
    return this.#writer.write(event);
  }

  #note(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        this.#content(event.text);
        break;
      case 'tool-start':
        this.#content(event.name);
        break;
      case 'tool-delta':
        this.#content(event.json);
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'start':
        this.#model = event.model || this.#asked;
        break;
      case 'finish':
        this.#finish = event.finish;
        this.#serviceTier = event.serviceTier;
        this.#content('');
        break;
      case 'part':
        this.#content('');
        break;
      case 'citation':
      case 'part-end':
        break;
    }
  }

  #content(text: string): void {
    if (this.#outputChars < MAX_TEXT_CHARS) this.#text += text;
    this.#outputChars += text.length;
    this.#committed = true;
    this.#progress += 1;
  }
}
