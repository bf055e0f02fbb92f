import type {
  ChatEvent,
  JsonObject,
  StreamWriter,
  ToolCallPart,
  Usage,
  VendorState,
  WriteContext,
} from '@sluice/contract';
import { writeChunk, writeCitation, writePart } from './write-result.js';
import type { Answered, Chunk } from './write-result.js';

/** Writes one answer in pieces, as server-sent events or as the elements of one JSON list. */
export function createGenerateWriter(context: WriteContext): StreamWriter<ChatEvent> {
  return new GenerateWriter(context);
}

type Delta<Type extends ChatEvent['type']> = Extract<ChatEvent, { type: Type }>;

/** A call that is being gathered. */
interface Gathered {
  call: ToolCallPart;
  ended: boolean;
}

/**
 * A tool call comes whole on this wire, so its pieces are gathered until it ends. Calls that interleave come in the order
 * in which they began, as in a plain answer.
 */
class GenerateWriter implements StreamWriter<ChatEvent> {
  readonly #list: boolean;
  readonly #responseId: string;
  #answered: Answered;
  readonly #calls = new Map<number, Gathered>();
  /** Parts that showed words already: a state that comes at their end needs a part of its own. */
  readonly #shown = new Map<number, 'text' | 'reasoning'>();
  #usage: Usage | undefined;
  /** Told with the end: their ranges are of the whole answer. */
  readonly #citations: JsonObject[] = [];
  /** All words of the answer, and where among them the open text begins: citations count from there. */
  #said = '';
  #text: { readonly index: number; readonly before: number } | undefined;
  #began = false;

  constructor({ answerId, streamType }: WriteContext) {
    this.#list = streamType !== undefined;
    this.#responseId = answerId;
    this.#answered = { model: '', responseId: answerId };
  }

  write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        this.#answered = { model: event.model, responseId: this.#responseId };
        return '';
      case 'text-delta':
        return this.#say(event);
      case 'reasoning-delta':
        return this.#reasoning(event);
      case 'refusal-delta':
        return this.#say(event);
      case 'tool-start':
        return this.#startCall(event);
      case 'tool-delta':
        return this.#gather(event);
      case 'citation':
        this.#citations.push(writeCitation(event.citation, this.#said, this.#beginOf(event.index)));
        return '';
      case 'part-end':
        return this.#endPart(event);
      case 'part':
        return this.#chunk({ parts: writePart(event.part) });
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        return this.#end(event);
    }
  }

  #say(event: Delta<'text-delta'> | Delta<'refusal-delta'>): string {
    const { index, text } = event;
    const logprobs = event.type === 'text-delta' ? event.logprobs : undefined;
    this.#shown.set(index, 'text');
    this.#beginOf(index);
    this.#said += text;
    return this.#chunk({ parts: text === '' ? [] : [{ text }], ...(logprobs ? { logprobs } : {}) });
  }

  #beginOf(index: number): number {
    if (this.#text?.index !== index) this.#text = { index, before: this.#said.length };
    return this.#text.before;
  }

  #reasoning({ index, text }: Delta<'reasoning-delta'>): string {
    this.#shown.set(index, 'reasoning');
    return this.#chunk({ parts: text === '' ? [] : [{ text, thought: true }] });
  }

  #startCall({ index, id, name, opaque }: Delta<'tool-start'>): string {
    const call: ToolCallPart = { type: 'tool-call', id, name, json: '', ...(opaque ? { opaque } : {}) };
    this.#calls.set(index, { call, ended: false });
    return '';
  }

  #gather({ index, json }: Delta<'tool-delta'>): string {
    const gathered = this.#calls.get(index);
    if (gathered) gathered.call = { ...gathered.call, json: gathered.call.json + json };
    return '';
  }

  #endPart({ index, opaque }: Delta<'part-end'>): string {
    const gathered = this.#calls.get(index);
    if (gathered) {
      gathered.ended = true;
      if (opaque) gathered.call = { ...gathered.call, opaque };
      return this.#tellCalls();
    }
    return opaque ? this.#chunk({ parts: this.#stateOf(index, opaque) }) : '';
  }

  /** All that have ended, up to one that goes on. */
  #tellCalls(): string {
    let text = '';
    for (const [index, { call, ended }] of this.#calls) {
      if (!ended) break;
      this.#calls.delete(index);
      text += this.#chunk({ parts: writePart(call) });
    }
    return text;
  }

  /** The signature of words that are out already: as the vendor itself sends it, on a part of empty text. */
  #stateOf(index: number, opaque: VendorState): readonly JsonObject[] {
    const type = this.#shown.get(index) ?? 'reasoning';
    return writePart({ type, text: '', opaque });
  }

  #end({ finish }: Delta<'finish'>): string {
    const last = this.#chunk({
      parts: [],
      finish,
      citations: this.#citations,
      ...(this.#usage ? { usage: this.#usage } : {}),
    });
    return this.#list ? `${last}]` : last;
  }

  #chunk(chunk: Chunk): string {
    if (chunk.parts.length === 0 && !chunk.finish && !chunk.logprobs) return '';
    const json = JSON.stringify(writeChunk(chunk, this.#answered));
    if (!this.#list) return `data: ${json}\n\n`;
    const lead = this.#began ? ',\n' : '[';
    this.#began = true;
    return lead + json;
  }
}
