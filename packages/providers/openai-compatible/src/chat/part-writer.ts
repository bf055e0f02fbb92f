import { gatewayError } from '@sluice/contract';
import type { ChatEvent, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

type Delta = 'text-delta' | 'reasoning-delta' | 'refusal-delta';

/** Turns deltas, which name no parts, into parts that open, grow and close in the contract's order. */
export interface PartWriter {
  readonly calledTools: boolean;
  say(type: Delta, text: string, events: ChatEvent[]): void;
  /** Throws `upstream_invalid_response` for a call that nobody opened. */
  call(delta: JsonObject, events: ChatEvent[]): void;
  close(events: ChatEvent[]): void;
}

export function createPartWriter(): PartWriter {
  return new Parts();
}

interface OpenCall {
  readonly id: string;
  readonly index: number;
}

class Parts implements PartWriter {
  #next = 0;
  #open: { readonly type: Delta; readonly index: number } | undefined;
  #last: OpenCall | undefined;
  /** By the vendor's own index of the call. */
  readonly #calls = new Map<unknown, OpenCall>();
  calledTools = false;

  say(type: Delta, text: string, events: ChatEvent[]): void {
    if (this.#open?.type !== type) {
      this.close(events);
      this.#open = { type, index: this.#take() };
    }
    events.push({ type, index: this.#open.index, text });
  }

  call({ index, id, function: piece }: JsonObject, events: ChatEvent[]): void {
    const { name, arguments: json } = isJsonObject(piece) ? piece : {};
    const known = index === undefined ? this.#last : this.#calls.get(index);
    // Some servers give every call the index 0, or none: a new id with a name begins a new call.
    const begins = !known || (isText(id) && isText(name) && id !== known.id);
    const call = begins ? this.#begin({ index, id, name }, events) : known;
    if (isText(json)) events.push({ type: 'tool-delta', index: call.index, json });
  }

  close(events: ChatEvent[]): void {
    if (this.#open) events.push({ type: 'part-end', index: this.#open.index });
    for (const { index } of this.#calls.values()) events.push({ type: 'part-end', index });
    this.#open = undefined;
    this.#last = undefined;
    this.#calls.clear();
  }

  #begin({ index: key, id, name }: JsonObject, events: ChatEvent[]): OpenCall {
    if (!isText(name)) {
      throw gatewayError('upstream_invalid_response', {
        message: 'The provider went on with a tool call it never began.',
      });
    }
    if (this.#open) this.close(events);
    const replaced = this.#calls.get(key);
    if (replaced) events.push({ type: 'part-end', index: replaced.index });
    const index = this.#take();
    const call = { id: isText(id) ? id : `call_${index}`, index };
    this.#calls.set(key, call);
    this.#last = call;
    this.calledTools = true;
    events.push({ type: 'tool-start', index, id: call.id, name });
    return call;
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
