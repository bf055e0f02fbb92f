import type { ChatEvent, Finish, JsonObject, TokenLogprob, Usage } from '@sluice/contract';
import { unusable } from '../classify.js';
import { createRuler, readCitations } from './citations.js';
import type { TextRuler } from './citations.js';
import { reasoningState } from './state.js';
import type { ReasoningField } from './state.js';

/** Makes parts of what the vendor streams, in the contract's order, and keeps their events until they are taken. */
export interface PartStream {
  start(id: string): void;
  /** `block` is the vendor's own index of the block that grows. */
  say(block: unknown, text: string, logprobs: readonly TokenLogprob[]): void;
  reason(field: ReasoningField, block: unknown, text: string): void;
  cite(wire: JsonObject): void;
  beginCall(call: unknown, id: string, name: string): void;
  growCall(call: unknown, json: string): void;
  endCall(call: unknown): void;
  finish(finish: Finish, usage: Usage | undefined): void;
  take(): readonly ChatEvent[];
}

export function createPartStream(): PartStream {
  return new Parts();
}

/** A text or a piece of reasoning. It stays open until the next part opens: citations may follow the end of their block. */
interface OpenBlock {
  readonly kind: 'text' | ReasoningField;
  /** The vendor's own index. */
  readonly block: unknown;
  readonly index: number;
  readonly ruler: TextRuler | undefined;
}
interface OpenCall {
  readonly index: number;
  empty: boolean;
}

class Parts implements PartStream {
  #events: ChatEvent[] = [];
  #started = false;
  #next = 0;
  #open: OpenBlock | undefined;
  readonly #calls = new Map<unknown, OpenCall>();

  start(id: string): void {
    if (this.#started) return;
    this.#started = true;
    this.#events.push({ type: 'start', id, model: '' });
  }

  say(block: unknown, text: string, logprobs: readonly TokenLogprob[]): void {
    if (text === '') return;
    const { index, ruler } = this.#openBlock('text', block);
    ruler?.add(text);
    this.#events.push(
      logprobs.length > 0 ? { type: 'text-delta', index, text, logprobs } : { type: 'text-delta', index, text },
    );
  }

  reason(field: ReasoningField, block: unknown, text: string): void {
    if (text === '') return;
    this.#events.push({ type: 'reasoning-delta', index: this.#openBlock(field, block).index, text });
  }

  cite(wire: JsonObject): void {
    const { index, ruler } = this.#open ?? {};
    if (index === undefined || !ruler) return;
    for (const citation of readCitations(wire, ruler)) this.#events.push({ type: 'citation', index, citation });
  }

  beginCall(call: unknown, id: string, name: string): void {
    this.start('');
    this.#closeBlock();
    this.endCall(call);
    const index = this.#takeIndex();
    this.#calls.set(call, { index, empty: true });
    this.#events.push({ type: 'tool-start', index, id, name });
  }

  growCall(call: unknown, json: string): void {
    if (json === '') return;
    const open = this.#calls.get(call);
    if (!open) throw unusable('The provider went on with a tool call it never began.');
    // Instead of the arguments of a tool that has none.
    if (open.empty && json.trim() === 'null') return;
    open.empty = false;
    this.#events.push({ type: 'tool-delta', index: open.index, json });
  }

  endCall(call: unknown): void {
    const open = this.#calls.get(call);
    if (!open) return;
    this.#calls.delete(call);
    if (open.empty) this.#events.push({ type: 'tool-delta', index: open.index, json: '{}' });
    this.#events.push({ type: 'part-end', index: open.index });
  }

  finish(finish: Finish, usage: Usage | undefined): void {
    this.start('');
    this.#closeAll();
    if (usage) this.#events.push({ type: 'usage', usage });
    this.#events.push({ type: 'finish', finish });
  }

  take(): readonly ChatEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #openBlock(kind: OpenBlock['kind'], block: unknown): OpenBlock {
    if (this.#open?.kind === kind && this.#open.block === block) return this.#open;
    this.start('');
    this.#closeAll();
    this.#open = { kind, block, index: this.#takeIndex(), ruler: kind === 'text' ? createRuler() : undefined };
    return this.#open;
  }

  #closeAll(): void {
    this.#closeBlock();
    for (const call of this.#calls.keys()) this.endCall(call);
  }

  #closeBlock(): void {
    if (!this.#open) return;
    const { kind, index } = this.#open;
    this.#open = undefined;
    if (kind === 'text') this.#events.push({ type: 'part-end', index });
    else this.#events.push({ type: 'part-end', index, opaque: reasoningState(kind) });
  }

  #takeIndex(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}
