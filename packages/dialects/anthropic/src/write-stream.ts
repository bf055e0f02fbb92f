import type { ChatEvent, Citation, JsonObject, StreamWriter, Usage, VendorState } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { toWireUsage, writeCitation } from '@sluice/toolkit/anthropic-wire';
import { toSignedBlock, toStateBlock } from './foreign-state.js';
import { toBlock, toEnding, toEnvelope, toStop, toToolUse } from './write-result.js';

/** Writes one answer as named events. Tool calls that interleave are told one after the other. */
export function createStreamWriter(): StreamWriter<ChatEvent> {
  return new MessageWriter();
}

type Start = Extract<ChatEvent, { readonly type: 'start' }>;
type Finished = Extract<ChatEvent, { readonly type: 'finish' }>;
type ToolStart = Extract<ChatEvent, { readonly type: 'tool-start' }>;

/** The block that the client sees open. */
interface OpenBlock {
  readonly part: number;
  readonly kind: 'text' | 'thinking' | 'tool';
}
/** A tool call that came while another block was open. */
interface WaitingTool {
  readonly start: ToolStart;
  json: string;
  ended: boolean;
  opaque?: VendorState | undefined;
}

class MessageWriter implements StreamWriter<ChatEvent> {
  readonly #waiting = new Map<number, WaitingTool>();
  #start: Start | undefined;
  #usage: Usage | undefined;
  #open: OpenBlock | undefined;
  /** The call that was opened last. */
  #call: ToolStart | undefined;
  #blocks = 0;
  #refusal: string | undefined;

  write(event: ChatEvent): string {
    if (event.type === 'start') this.#start = event;
    else if (event.type === 'usage') this.#usage = event.usage;
    else if (event.type === 'finish') return this.#begin() + this.#closeAll() + this.#finish(event);
    else return this.#begin() + this.#writePart(event);
    return '';
  }

  #writePart(event: Exclude<ChatEvent, { readonly type: 'start' | 'usage' | 'finish' }>): string {
    switch (event.type) {
      case 'refusal-delta':
        this.#refusal = (this.#refusal ?? '') + event.text;
        return this.#writeText(event.index, event.text);
      case 'text-delta':
        return this.#writeText(event.index, event.text);
      case 'reasoning-delta':
        return this.#writeThinking(event.index, event.text);
      case 'tool-start':
        return this.#startTool(event);
      case 'tool-delta':
        return this.#writeToolJson(event.index, event.json);
      case 'part-end':
        return this.#endPart(event.index, event.opaque);
      case 'citation':
        return this.#writeCitation(event.index, event.citation);
      case 'part':
        return (
          this.#closeAll() +
          toBlock(event.part)
            .map((block) => this.#writeWhole(block))
            .join('')
        );
    }
  }

  /** The message starts with its first part, so that it can say the usage of the input where the provider began with it. */
  #begin(): string {
    const start = this.#start;
    if (!start) return '';
    this.#start = undefined;
    const { id, model } = start;
    const stop = { stop_reason: null, stop_sequence: null, stop_details: null };
    const message = { ...toEnvelope(id, model), content: [], ...stop, usage: toWireUsage(this.#usage) };
    return frame('message_start', { message });
  }

  #writeText(part: number, text: string): string {
    const opening = this.#ensureOpen({ part, kind: 'text' });
    return text === '' ? opening : opening + this.#delta({ type: 'text_delta', text });
  }

  /** Opens no block for empty text: what ends without any may be a redacted block, which is not a thinking one. */
  #writeThinking(part: number, text: string): string {
    if (text === '') return '';
    return this.#ensureOpen({ part, kind: 'thinking' }) + this.#delta({ type: 'thinking_delta', thinking: text });
  }

  #writeCitation(part: number, citation: Citation): string {
    const opening = this.#ensureOpen({ part, kind: 'text' });
    return opening + this.#delta({ type: 'citations_delta', citation: writeCitation(citation) });
  }

  /** A block that comes whole. The input of a call is told as the vendor tells it, after the block has opened. */
  #writeWhole(block: JsonObject): string {
    const { input } = block;
    if (!isJsonObject(input)) return this.#openBlock(block) + this.#close();
    const told = this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) });
    return this.#openBlock({ ...block, input: {} }) + told + this.#close();
  }

  #startTool(start: ToolStart): string {
    if (this.#open?.kind === 'tool' || this.#waiting.size > 0) {
      this.#waiting.set(start.index, { start, json: '', ended: false });
      return '';
    }
    return this.#closeAll() + this.#openTool(start);
  }

  #writeToolJson(part: number, json: string): string {
    const waiting = this.#waiting.get(part);
    if (waiting) waiting.json += json;
    if (waiting || json === '' || this.#open?.part !== part) return '';
    return this.#delta({ type: 'input_json_delta', partial_json: json });
  }

  #endPart(part: number, opaque: VendorState | undefined): string {
    const waiting = this.#waiting.get(part);
    if (waiting) {
      waiting.ended = true;
      waiting.opaque = opaque;
      return '';
    }
    if (this.#open?.part !== part) return this.#writeUnopened(opaque);
    const { kind } = this.#open;
    if (kind === 'thinking') return this.#sign(opaque) + this.#close() + this.#openWaiting();
    const closed =
      kind === 'tool' ? this.#closeTool(opaque) : this.#close() + this.#writeState(toStateBlock(opaque, 'before'));
    return closed + this.#openWaiting();
  }

  /** A part of reasoning that showed no text: redacted, or signed and kept to the vendor. */
  #writeUnopened(opaque: VendorState | undefined): string {
    const block = toSignedBlock({ type: 'reasoning', text: '', ...(opaque ? { opaque } : {}) });
    if (!block) return '';
    if (block.type === 'redacted_thinking') return this.#closeAll() + this.#openBlock(block) + this.#close();
    const opening = this.#closeAll() + this.#openBlock({ ...block, signature: '' });
    return opening + this.#sign(opaque) + this.#close();
  }

  /** Reasoning that nobody signed ends with an empty signature: clients drop from the next turn what has none at all. */
  #sign(opaque: VendorState | undefined): string {
    const block = toSignedBlock({ type: 'reasoning', text: '', ...(opaque ? { opaque } : {}) });
    const signature = block?.type === 'thinking' ? block.signature : '';
    return this.#delta({ type: 'signature_delta', signature });
  }

  #ensureOpen(wanted: OpenBlock & { readonly kind: 'text' | 'thinking' }): string {
    if (this.#open?.part === wanted.part) return '';
    const closing = this.#closeAll();
    this.#open = wanted;
    const block = wanted.kind === 'text' ? { text: '', citations: null } : { thinking: '', signature: '' };
    return closing + this.#openBlock({ type: wanted.kind, ...block });
  }

  /** The state of a call may come with its start or with its end. */
  #closeTool(opaque: VendorState | undefined): string {
    const { id = '', opaque: early } = this.#call ?? {};
    return this.#close() + this.#writeState(toStateBlock(opaque ?? early, { call: id }));
  }

  #writeState(block: JsonObject | undefined): string {
    return block ? this.#openBlock(block) + this.#close() : '';
  }

  #openTool(start: ToolStart): string {
    this.#open = { part: start.index, kind: 'tool' };
    this.#call = start;
    return this.#openBlock({ ...toToolUse(start), input: {} });
  }

  /** Tells the waiting calls as far as they are known, up to one that still goes on. */
  #openWaiting(): string {
    let text = '';
    for (const [part, { start, json, ended, opaque }] of this.#waiting) {
      this.#waiting.delete(part);
      text += this.#openTool(start) + this.#writeToolJson(part, json);
      if (!ended) break;
      text += this.#closeTool(opaque);
    }
    return text;
  }

  #closeAll(): string {
    let text = '';
    while (this.#open) text += this.#close() + this.#openWaiting();
    return text;
  }

  #finish({ finish, serviceTier }: Finished): string {
    const { usage: own, container = null, stop_sequence, stop_details, ...rest } = toEnding(finish);
    const told = { ...(stop_sequence ? { stop_sequence } : {}), ...(stop_details ? { stop_details } : {}) };
    const delta = { container, ...toStop(finish, this.#refusal), ...told };
    const usage = toWireUsage(this.#usage, { serviceTier, own });
    return frame('message_delta', { delta, ...rest, usage }) + frame('message_stop', {});
  }

  #openBlock(block: object): string {
    return frame('content_block_start', { index: this.#blocks, content_block: block });
  }

  #delta(delta: object): string {
    return frame('content_block_delta', { index: this.#blocks, delta });
  }

  #close(): string {
    this.#open = undefined;
    return frame('content_block_stop', { index: this.#blocks++ });
  }
}

/** JSON has no raw line ends, so one `data` line always holds it. */
function frame(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
