import type { ChatEvent, JsonObject, VendorState } from '@sluice/contract';
import { isJsonObject, tryParseExact } from '@sluice/toolkit';
import {
  BLOCK_FIELDS,
  readCommon,
  redactedState,
  signatureState,
  toAssistantPart,
  toCitation,
  toToolCall,
} from '@sluice/toolkit/anthropic-wire';

const NONE: readonly ChatEvent[] = [];

/** One block of a stream, which becomes one part, or none where it stays empty. */
export interface StreamBlock {
  /** What the block says as it opens. */
  open(block: JsonObject): readonly ChatEvent[];
  delta(delta: JsonObject): readonly ChatEvent[];
  close(): readonly ChatEvent[];
  /** Whether an event has told of the part, so that its index is taken. */
  readonly told: boolean;
}

/** The reader for a block of this type, whose part would have that index. */
export function createStreamBlock(type: unknown, index: number): StreamBlock {
  switch (type) {
    case 'text':
      return new TextBlock(index);
    case 'thinking':
    case 'redacted_thinking':
      return new ThinkingBlock(index);
    case 'tool_use':
      return new ToolBlock(index);
    default:
      return new WholeBlock(index);
  }
}

class TextBlock implements StreamBlock {
  readonly #index: number;
  #state: { readonly opaque?: VendorState } = {};
  told = false;

  constructor(index: number) {
    this.#index = index;
  }

  open(block: JsonObject): readonly ChatEvent[] {
    const { opaque } = readCommon(block, { known: BLOCK_FIELDS.text });
    if (opaque) this.#state = { opaque };
    const { citations } = block;
    const cited = Array.isArray(citations) ? citations.flatMap((citation) => this.#cite(citation)) : NONE;
    return [...this.#text(block.text), ...cited];
  }

  delta({ type, text, citation }: JsonObject): readonly ChatEvent[] {
    if (type === 'text_delta') return this.#text(text);
    return type === 'citations_delta' ? this.#cite(citation) : NONE;
  }

  close(): readonly ChatEvent[] {
    return this.told ? [{ type: 'part-end', index: this.#index, ...this.#state }] : NONE;
  }

  #text(text: unknown): readonly ChatEvent[] {
    if (typeof text !== 'string' || text === '') return NONE;
    this.told = true;
    return [{ type: 'text-delta', index: this.#index, text }];
  }

  /** The vendor may cite before it writes, and a part opens with its text. */
  #cite(citation: unknown): readonly ChatEvent[] {
    if (!isJsonObject(citation)) return NONE;
    const index = this.#index;
    const cite: ChatEvent = { type: 'citation', index, citation: toCitation(citation) };
    if (this.told) return [cite];
    this.told = true;
    return [{ type: 'text-delta', index, text: '' }, cite];
  }
}

class ThinkingBlock implements StreamBlock {
  readonly #index: number;
  #opaque: VendorState | undefined;
  told = false;

  constructor(index: number) {
    this.#index = index;
  }

  open({ thinking, signature, data }: JsonObject): readonly ChatEvent[] {
    if (typeof data === 'string') this.#opaque = redactedState(data);
    this.#sign(signature);
    return this.#think(thinking);
  }

  delta({ type, thinking, signature }: JsonObject): readonly ChatEvent[] {
    if (type === 'signature_delta') this.#sign(signature);
    return type === 'thinking_delta' ? this.#think(thinking) : NONE;
  }

  close(): readonly ChatEvent[] {
    const opaque = this.#opaque;
    const index = this.#index;
    if (this.told) return [{ type: 'part-end', index, ...(opaque ? { opaque } : {}) }];
    if (!opaque) return NONE;
    this.told = true;
    return [
      { type: 'reasoning-delta', index, text: '' },
      { type: 'part-end', index, opaque },
    ];
  }

  #think(text: unknown): readonly ChatEvent[] {
    if (typeof text !== 'string' || text === '') return NONE;
    this.told = true;
    return [{ type: 'reasoning-delta', index: this.#index, text }];
  }

  #sign(signature: unknown): void {
    if (typeof signature === 'string' && signature !== '') this.#opaque = signatureState(signature);
  }
}

class ToolBlock implements StreamBlock {
  readonly #index: number;
  #hasInput = false;
  told = false;

  constructor(index: number) {
    this.#index = index;
  }

  open(block: JsonObject): readonly ChatEvent[] {
    this.told = true;
    const { id, name, opaque } = toToolCall(block, '');
    const start: ChatEvent = { type: 'tool-start', index: this.#index, id, name, ...(opaque ? { opaque } : {}) };
    const whole = isJsonObject(block.input) && Object.keys(block.input).length > 0;
    return whole ? [start, ...this.#input(JSON.stringify(block.input))] : [start];
  }

  delta({ type, partial_json: json }: JsonObject): readonly ChatEvent[] {
    return type === 'input_json_delta' ? this.#input(json) : NONE;
  }

  close(): readonly ChatEvent[] {
    const end: ChatEvent = { type: 'part-end', index: this.#index };
    return this.#hasInput ? [end] : [...this.#input('{}'), end];
  }

  #input(json: unknown): readonly ChatEvent[] {
    if (typeof json !== 'string' || json === '') return NONE;
    this.#hasInput = true;
    return [{ type: 'tool-delta', index: this.#index, json }];
  }
}

/** A block that is told whole at its end: the call of a tool that the vendor runs, its result, and what comes new. */
class WholeBlock implements StreamBlock {
  readonly #index: number;
  #block: JsonObject = {};
  #input = '';
  told = false;

  constructor(index: number) {
    this.#index = index;
  }

  open(block: JsonObject): readonly ChatEvent[] {
    this.#block = block;
    return NONE;
  }

  /** A delta of a kind that is not known here brings fields of the block at their final value, as `compaction_delta` does. */
  delta({ type, ...fields }: JsonObject): readonly ChatEvent[] {
    if (type === 'input_json_delta') this.#input += typeof fields.partial_json === 'string' ? fields.partial_json : '';
    else this.#block = { ...this.#block, ...fields };
    return NONE;
  }

  close(): readonly ChatEvent[] {
    const input = this.#input === '' ? {} : { input: tryParseExact(this.#input) ?? this.#input };
    const part = toAssistantPart({ ...this.#block, ...input });
    if (part.type !== 'vendor' && part.type !== 'image') return NONE;
    this.told = true;
    return [{ type: 'part', index: this.#index, part }];
  }
}
