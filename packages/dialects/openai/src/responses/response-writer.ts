import type {
  ChatEvent,
  Finish,
  JsonObject,
  StreamWriter,
  Usage,
  VendorPart,
  VendorState,
  WholePart,
  WriteContext,
} from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { OPENAI_RESPONSES } from '@sluice/toolkit/openai-wire';
import { writeAnnotation, writeLogprob } from './output-items.js';
import type {
  CustomCallItem,
  FunctionCallItem,
  MessageItem,
  OutputItem,
  ReasoningItem,
  RefusalContent,
  TextContent,
} from './output-items.js';
import { closePart } from './open-part.js';
import type { OpenPart } from './open-part.js';
import { statusOf, writeResponse } from './response-object.js';
import { sealState } from './sealed-state.js';

type Delta<Type extends ChatEvent['type']> = Extract<ChatEvent, { type: Type }>;

/**
 * Writes one answer as typed events, and holds the `response` that they add up to: a plain answer is what stands there
 * after its parts were played through. Texts in a row share one message item; each call and each reasoning is an item.
 */
export class ResponseWriter implements StreamWriter<ChatEvent> {
  readonly #context: WriteContext;
  readonly #customTools: ReadonlySet<unknown>;
  readonly #output: OutputItem[] = [];
  readonly #parts = new Map<number, OpenPart>();
  #message: { readonly at: number; readonly item: MessageItem } | undefined;
  #model = '';
  #usage: Usage | undefined;
  #finish: Finish | undefined;
  #serviceTier: string | undefined;
  #sequence = 0;
  #text = '';

  constructor(context: WriteContext) {
    this.#context = context;
    this.#customTools = customToolsOf(context.wire);
  }

  write(event: ChatEvent): string {
    this.#text = '';
    this.#apply(event);
    return this.#text;
  }

  response(): JsonObject {
    return writeResponse(
      {
        status: this.#finish ? statusOf(this.#finish) : 'in_progress',
        model: this.#model,
        output: this.#output,
        finish: this.#finish,
        usage: this.#usage,
        serviceTier: this.#serviceTier,
      },
      this.#context,
    );
  }

  #apply(event: ChatEvent): void {
    switch (event.type) {
      case 'start':
        this.#model = event.model;
        this.#emit('response.created', { response: this.response() });
        return this.#emit('response.in_progress', { response: this.response() });
      case 'text-delta':
        return this.#addText(event);
      case 'refusal-delta':
        return this.#addRefusal(event);
      case 'reasoning-delta':
        return this.#addReasoning(event);
      case 'tool-start':
        return this.#openCall(event);
      case 'tool-delta':
        return this.#addArguments(event);
      case 'citation':
        return this.#addCitation(event);
      case 'part-end':
        return this.#closePart(event);
      case 'part':
        return this.#addWhole(event);
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'finish':
        return this.#end(event);
    }
  }

  #addText({ index, text, logprobs = [] }: Delta<'text-delta'>): void {
    const { item, at, place } = this.#content(index, () => ({
      type: 'output_text',
      text: '',
      annotations: [],
      logprobs: [],
    }));
    const content = item.content[place] as TextContent;
    const written = logprobs.map(writeLogprob);
    content.text += text;
    content.logprobs.push(...written);
    const where = { item_id: item.id, output_index: at, content_index: place };
    this.#emit('response.output_text.delta', { ...where, delta: text, logprobs: written });
  }

  #addRefusal({ index, text }: Delta<'refusal-delta'>): void {
    const { item, at, place } = this.#content(index, () => ({ type: 'refusal', refusal: '' }));
    (item.content[place] as RefusalContent).refusal += text;
    const where = { item_id: item.id, output_index: at, content_index: place };
    this.#emit('response.refusal.delta', { ...where, delta: text });
  }

  #addReasoning({ index, text }: Delta<'reasoning-delta'>): void {
    let part = this.#parts.get(index);
    if (part?.kind !== 'reasoning') part = this.#openReasoning(index);
    if (text === '') return;
    const where = { item_id: part.item.id, output_index: part.at, summary_index: 0 };
    if (part.item.summary.length === 0) {
      part.item.summary.push({ type: 'summary_text', text: '' });
      this.#emit('response.reasoning_summary_part.added', { ...where, part: { type: 'summary_text', text: '' } });
    }
    (part.item.summary[0] as { text: string }).text += text;
    this.#emit('response.reasoning_summary_text.delta', { ...where, delta: text });
  }

  #openReasoning(index: number): Extract<OpenPart, { kind: 'reasoning' }> {
    const item: ReasoningItem = { type: 'reasoning', id: this.#nextId('rs'), summary: [] };
    const part = { kind: 'reasoning', at: this.#addItem(item), item } as const;
    this.#parts.set(index, part);
    return part;
  }

  #openCall({ index, id, name }: Delta<'tool-start'>): void {
    if (this.#customTools.has(name)) {
      const item: CustomCallItem = {
        type: 'custom_tool_call',
        id: this.#nextId('ctc'),
        status: 'in_progress',
        call_id: id,
        name,
        input: '',
      };
      this.#parts.set(index, { kind: 'custom', at: this.#addItem(item), item, json: '' });
      return;
    }
    const item: FunctionCallItem = {
      type: 'function_call',
      id: this.#nextId('fc'),
      status: 'in_progress',
      call_id: id,
      name,
      arguments: '',
    };
    this.#parts.set(index, { kind: 'call', at: this.#addItem(item), item });
  }

  #addArguments({ index, json }: Delta<'tool-delta'>): void {
    const part = this.#parts.get(index);
    if (part?.kind === 'custom') part.json += json;
    if (part?.kind !== 'call') return;
    part.item.arguments += json;
    const where = { item_id: part.item.id, output_index: part.at };
    this.#emit('response.function_call_arguments.delta', { ...where, delta: json });
  }

  #addCitation({ index, citation }: Delta<'citation'>): void {
    const part = this.#parts.get(index);
    if (part?.kind !== 'content') return;
    const content = part.item.content[part.place];
    if (content?.type !== 'output_text') return;
    const annotation = writeAnnotation(citation);
    const where = { item_id: part.item.id, output_index: part.at, content_index: part.place };
    const order = content.annotations.push(annotation) - 1;
    this.#emit('response.output_text.annotation.added', { ...where, annotation_index: order, annotation });
  }

  #closePart({ index, opaque }: Delta<'part-end'>): void {
    const part = this.#parts.get(index);
    this.#parts.delete(index);
    if (!part) return;
    closePart(part, opaque, (type, fields) => this.#emit(type, fields));
    if (part.kind === 'content') this.#carry(opaque, 'text');
    else if (part.kind !== 'reasoning') this.#carry(opaque, { call: part.item.call_id });
  }

  #addWhole({ index, part }: Delta<'part'>): void {
    if (part.type === 'vendor') {
      const { kind, data } = part.state;
      if (kind !== OPENAI_RESPONSES || !isJsonObject(data)) return this.#carry(part.state, 'part');
      return this.#addDone(data as OutputItem);
    }
    if (part.type !== 'image' || part.source.kind !== 'base64') {
      this.#addText({ type: 'text-delta', index, text: inWords(part) });
      return this.#closePart({ type: 'part-end', index });
    }
    const { base64: result } = part.source;
    this.#addDone({ type: 'image_generation_call', id: this.#nextId('ig'), status: 'completed', result });
    this.#carry(part.opaque, 'text');
  }

  #addDone(item: OutputItem): void {
    const at = this.#addItem(item);
    this.#emit('response.output_item.done', { output_index: at, item });
  }

  /**
   * What a vendor wants back with a part that has no field for it: an item behind it, which clients return as it is.
   * `text` is whatever was said or drawn before.
   */
  #carry(state: VendorState | undefined, on: 'text' | 'part' | { readonly call: string }): void {
    if (!state) return;
    const item: ReasoningItem = {
      type: 'reasoning',
      id: this.#nextId('rs'),
      summary: [],
      encrypted_content: sealState({ state, on }),
    };
    this.#addDone(item);
  }

  /** Where a piece of text goes: the open message, or a new one. */
  #content(index: number, create: () => TextContent | RefusalContent): Extract<OpenPart, { kind: 'content' }> {
    const known = this.#parts.get(index);
    if (known?.kind === 'content') return known;
    const { item, at } = (this.#message ??= this.#openMessage());
    const content = create();
    const place = item.content.push(content) - 1;
    const part = { kind: 'content', at, item, place } as const;
    this.#parts.set(index, part);
    const where = { item_id: item.id, output_index: at, content_index: place };
    this.#emit('response.content_part.added', { ...where, part: content });
    return part;
  }

  #openMessage(): { readonly at: number; readonly item: MessageItem } {
    const item: MessageItem = {
      type: 'message',
      id: this.#nextId('msg'),
      status: 'in_progress',
      role: 'assistant',
      content: [],
    };
    return { at: this.#addItem(item), item };
  }

  #closeMessage(): void {
    const message = this.#message;
    if (!message) return;
    this.#message = undefined;
    message.item.status = 'completed';
    this.#emit('response.output_item.done', { output_index: message.at, item: message.item });
  }

  #addItem(item: OutputItem): number {
    if (item.type !== 'message') this.#closeMessage();
    const at = this.#output.push(item) - 1;
    this.#emit('response.output_item.added', { output_index: at, item });
    return at;
  }

  #end({ finish, serviceTier }: Delta<'finish'>): void {
    this.#closeMessage();
    this.#finish = finish;
    this.#serviceTier = serviceTier;
    this.#emit(`response.${statusOf(finish)}`, { response: this.response() });
  }

  #nextId(prefix: string): string {
    return `${prefix}_${this.#context.answerId}_${this.#output.length}`;
  }

  #emit(type: string, fields: object): void {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...fields });
    this.#text += `event: ${type}\ndata: ${data}\n\n`;
  }
}

function customToolsOf(wire: JsonObject | undefined): ReadonlySet<unknown> {
  const tools: readonly unknown[] = Array.isArray(wire?.tools) ? wire.tools : [];
  return new Set(tools.filter(isJsonObject).flatMap(({ type, name }) => (type === 'custom' ? [name] : [])));
}

/** What of an answer has no item here: sound, and a picture that stands elsewhere. */
function inWords(part: Exclude<WholePart, VendorPart>): string {
  if (part.type === 'audio') return part.transcript ?? `[sound: ${part.format}]`;
  return part.source.kind === 'url' ? `![](${part.source.url})` : '[image]';
}
