import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Citation, JsonObject, VendorState, WholePart } from '@sluice/contract';
import { given, isJsonObject, isText } from '@sluice/toolkit';
import { CUSTOM_CALL, ownState, readArguments } from '@sluice/toolkit/openai-wire';
import type { ReasoningDetail } from '@sluice/toolkit/openai-wire';

type Delta = 'text-delta' | 'reasoning-delta' | 'refusal-delta';

/** Turns deltas, which name no parts, into parts that open, grow and close in the contract's order. */
export interface PartWriter {
  readonly calledTools: boolean;
  say(type: Delta, text: string, events: ChatEvent[]): void;
  /** A piece of reasoning with what its vendor wants back. */
  reason(detail: Extract<ReasoningDetail, { of: 'reasoning' }>, events: ChatEvent[]): void;
  /** Throws `upstream_invalid_response` for a call that nobody opened. */
  call(delta: JsonObject, events: ChatEvent[]): void;
  /** Keeps the state of a call, or of the text where no call is named, for its end. */
  hold(callId: string | undefined, state: VendorState): void;
  /** False where no text is open to cite for. */
  cite(citation: Citation, events: ChatEvent[]): boolean;
  whole(part: WholePart, events: ChatEvent[]): void;
  close(events: ChatEvent[]): void;
}

export function createPartWriter(): PartWriter {
  return new Parts();
}

interface OpenCall {
  readonly id: string;
  readonly index: number;
  readonly isCustom: boolean;
  readonly own: { readonly opaque?: VendorState };
}
interface OpenPart {
  readonly type: Delta;
  readonly index: number;
  /** The piece of which more may come, by its vendor's name for it. */
  readonly piece?: string;
  state?: VendorState;
}

class Parts implements PartWriter {
  #next = 0;
  #open: OpenPart | undefined;
  #last: OpenCall | undefined;
  /** By the vendor's own index of the call. */
  readonly #calls = new Map<unknown, OpenCall>();
  /** By the id of a call; under no id that of the text. */
  readonly #held = new Map<string | undefined, VendorState>();
  calledTools = false;

  say(type: Delta, text: string, events: ChatEvent[]): void {
    if (this.#open?.type !== type) this.#begin({ type, index: this.#next }, events);
    events.push({ type, index: this.#open?.index ?? 0, text });
  }

  reason({ text, state, piece, ends }: Extract<ReasoningDetail, { of: 'reasoning' }>, events: ChatEvent[]): void {
    const isOpen = this.#open?.type === 'reasoning-delta' && (piece === undefined || this.#open.piece === piece);
    const isAlone = text === '' && state !== undefined && !ends && piece === undefined;
    if (!isOpen || isAlone) {
      this.#begin({ type: 'reasoning-delta', index: this.#next, ...given('piece', piece) }, events);
    }
    const { index } = this.#open as OpenPart;
    if (text !== '') events.push({ type: 'reasoning-delta', index, text });
    if (state) (this.#open as OpenPart).state = state;
    if (isAlone || ends) this.close(events);
  }

  call(delta: JsonObject, events: ChatEvent[]): void {
    const { index, id } = delta;
    const piece = isJsonObject(delta.function) ? delta.function : isJsonObject(delta.custom) ? delta.custom : {};
    const known = index === undefined ? this.#last : this.#calls.get(index);
    // Some servers give every call the index 0, or none: a new id with a name begins a new call.
    const begins = !known || (isText(id) && isText(piece.name) && id !== known.id);
    const call = begins ? this.#beginCall(delta, piece.name, events) : known;
    const json = call.isCustom ? escaped(piece.input) : readArguments(piece.arguments);
    if (json !== '') events.push({ type: 'tool-delta', index: call.index, json });
  }

  hold(callId: string | undefined, state: VendorState): void {
    this.#held.set(callId, state);
  }

  cite(citation: Citation, events: ChatEvent[]): boolean {
    if (this.#open?.type !== 'text-delta') return false;
    events.push({ type: 'citation', index: this.#open.index, citation });
    return true;
  }

  whole(part: WholePart, events: ChatEvent[]): void {
    this.close(events);
    events.push({ type: 'part', index: this.#take(), part });
  }

  close(events: ChatEvent[]): void {
    if (this.#open) {
      const { index, type, state } = this.#open;
      const opaque = state ?? (type === 'text-delta' ? this.#held.get(undefined) : undefined);
      events.push({ type: 'part-end', index, ...given('opaque', opaque) });
    }
    for (const call of this.#calls.values()) this.#endCall(call, events);
    this.#open = undefined;
    this.#last = undefined;
    this.#calls.clear();
  }

  #begin(part: OpenPart, events: ChatEvent[]): void {
    this.close(events);
    this.#take();
    this.#open = part;
  }

  #beginCall(
    { index: key, id, type, function: _, custom, ...fields }: JsonObject,
    name: unknown,
    events: ChatEvent[],
  ): OpenCall {
    if (!isText(name)) {
      throw gatewayError('upstream_invalid_response', {
        message: 'The provider went on with a tool call it never began.',
      });
    }
    if (this.#open) this.close(events);
    const replaced = this.#calls.get(key);
    if (replaced) this.#endCall(replaced, events);
    const index = this.#take();
    const isCustom = type === 'custom' || isJsonObject(custom);
    const call = { id: isText(id) ? id : `call_${index}`, index, isCustom, own: ownState(fields) };
    this.#calls.set(key, call);
    this.#last = call;
    this.calledTools = true;
    events.push({ type: 'tool-start', index, id: call.id, name });
    if (isCustom) events.push({ type: 'tool-delta', index, json: '{"input":"' });
    return call;
  }

  #endCall({ id, index, isCustom, own }: OpenCall, events: ChatEvent[]): void {
    if (isCustom) events.push({ type: 'tool-delta', index, json: '"}' });
    const opaque = isCustom ? CUSTOM_CALL : (this.#held.get(id) ?? own.opaque);
    events.push({ type: 'part-end', index, ...given('opaque', opaque) });
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/** A text as it stands inside a JSON string. */
function escaped(text: unknown): string {
  return isText(text) ? JSON.stringify(text).slice(1, -1) : '';
}
