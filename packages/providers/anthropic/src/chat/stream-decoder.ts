import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Finish, Frame, GatewayError, JsonObject, StreamDecoder, VendorState } from '@sluice/contract';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import {
  classifyInBand,
  createUsageMeter,
  readAnthropicError,
  redactedState,
  signatureState,
  toFinish,
} from '@sluice/toolkit/anthropic-wire';

/** Reads one messages stream. */
export function createStreamDecoder(): StreamDecoder<ChatEvent> {
  return new MessageStream();
}

/** The block that is open. The wire never has two. */
interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool';
  readonly index: number;
  /** Whether an event has opened the part; an empty text block never becomes one. */
  started: boolean;
  opaque?: VendorState;
}

const NONE: readonly ChatEvent[] = [];

class MessageStream implements StreamDecoder<ChatEvent> {
  readonly #meter = createUsageMeter();
  #parts = 0;
  #open: OpenBlock | undefined;
  #finish: Finish | undefined;
  #stopped = false;

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#stopped || frame.data.trim() === '') return NONE;
    const payload = tryParseJson(frame.data);
    if (!isJsonObject(payload)) throw unusable('The provider sent an event that is not JSON.');
    switch (frame.event === 'error' ? frame.event : payload.type) {
      case 'message_start':
        return this.#start(payload.message);
      case 'content_block_start':
        return this.#openBlock(payload.content_block);
      case 'content_block_delta':
        return isJsonObject(payload.delta) ? this.#delta(payload.delta) : NONE;
      case 'content_block_stop':
        return this.#closeBlock();
      case 'message_delta':
        return this.#messageDelta(payload);
      case 'message_stop':
        this.#stopped = true;
        return [{ type: 'finish', finish: this.#finish ?? { unified: 'other' } }];
      case 'error':
        throw classifyInBand(readAnthropicError(payload));
      default:
        return NONE;
    }
  }

  end(): readonly ChatEvent[] {
    if (this.#stopped) return NONE;
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
  }

  #start(message: unknown): readonly ChatEvent[] {
    if (!isJsonObject(message)) throw unusable('The provider started a stream without a message.');
    this.#meter.see(message.usage);
    return [{ type: 'start', id: asText(message.id), model: asText(message.model) }, ...this.#usage()];
  }

  #openBlock(block: unknown): readonly ChatEvent[] {
    this.#open = undefined;
    if (!isJsonObject(block)) return NONE;
    const index = this.#parts;
    switch (block.type) {
      case 'text':
        this.#open = { kind: 'text', index, started: false };
        return this.#text(block.text);
      case 'thinking':
        this.#open = { kind: 'thinking', index, started: false };
        this.#sign(asText(block.signature));
        return this.#thinking(block.thinking);
      case 'redacted_thinking':
        this.#open = { kind: 'thinking', index, started: false, opaque: redactedState(asText(block.data)) };
        return NONE;
      case 'tool_use':
        return this.#openTool(block);
      default:
        return NONE;
    }
  }

  #openTool(block: JsonObject): readonly ChatEvent[] {
    const { index } = (this.#open = { kind: 'tool', index: this.#parts++, started: false });
    const start: ChatEvent = { type: 'tool-start', index, id: asText(block.id), name: asText(block.name) };
    const whole = isJsonObject(block.input) && Object.keys(block.input).length > 0;
    return whole ? [start, ...this.#toolJson(JSON.stringify(block.input))] : [start];
  }

  #delta(delta: JsonObject): readonly ChatEvent[] {
    switch (delta.type) {
      case 'text_delta':
        return this.#text(delta.text);
      case 'thinking_delta':
        return this.#thinking(delta.thinking);
      case 'signature_delta':
        this.#sign(asText(delta.signature));
        return NONE;
      case 'input_json_delta':
        return this.#toolJson(delta.partial_json);
      default:
        return NONE;
    }
  }

  #text(text: unknown): readonly ChatEvent[] {
    const index = this.#begin('text', text);
    return index === undefined ? NONE : [{ type: 'text-delta', index, text: asText(text) }];
  }

  #thinking(text: unknown): readonly ChatEvent[] {
    const index = this.#begin('thinking', text);
    return index === undefined ? NONE : [{ type: 'reasoning-delta', index, text: asText(text) }];
  }

  #sign(signature: string): void {
    if (this.#open?.kind === 'thinking' && signature !== '') this.#open.opaque = signatureState(signature);
  }

  #toolJson(json: unknown): readonly ChatEvent[] {
    const open = this.#open;
    if (open?.kind !== 'tool' || asText(json) === '') return NONE;
    open.started = true;
    return [{ type: 'tool-delta', index: open.index, json: asText(json) }];
  }

  /** The index of the open part, where the block is of this kind and there is text for it. */
  #begin(kind: OpenBlock['kind'], text: unknown): number | undefined {
    const open = this.#open;
    if (open?.kind !== kind || asText(text) === '') return undefined;
    if (!open.started) this.#parts += 1;
    open.started = true;
    return open.index;
  }

  #closeBlock(): readonly ChatEvent[] {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return NONE;
    const { kind, index, opaque } = open;
    const end: ChatEvent = { type: 'part-end', index, ...(opaque ? { opaque } : {}) };
    if (open.started) return [end];
    if (kind === 'tool') return [{ type: 'tool-delta', index, json: '{}' }, end];
    if (!opaque) return NONE;
    this.#parts += 1;
    return [{ type: 'reasoning-delta', index, text: '' }, end];
  }

  #messageDelta(payload: JsonObject): readonly ChatEvent[] {
    this.#meter.see(payload.usage);
    const stopReason = isJsonObject(payload.delta) ? payload.delta.stop_reason : undefined;
    this.#finish = toFinish(stopReason) ?? this.#finish;
    return this.#usage();
  }

  #usage(): readonly ChatEvent[] {
    const usage = this.#meter.usage();
    return usage ? [{ type: 'usage', usage }] : NONE;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function unusable(message: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message });
}
