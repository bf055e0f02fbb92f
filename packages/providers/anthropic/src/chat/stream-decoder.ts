import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Frame, GatewayError, JsonObject, StreamDecoder } from '@sluice/contract';
import { isJsonObject, toText, tryParseExact } from '@sluice/toolkit';
import { classifyInBand, createEnding, createUsageMeter, readAnthropicError } from '@sluice/toolkit/anthropic-wire';
import { createStreamBlock } from './stream-block.js';
import type { StreamBlock } from './stream-block.js';

/** Reads one messages stream. */
export function createStreamDecoder(): StreamDecoder<ChatEvent> {
  return new MessageStream();
}

const NONE: readonly ChatEvent[] = [];

class MessageStream implements StreamDecoder<ChatEvent> {
  readonly #meter = createUsageMeter();
  readonly #ending = createEnding();
  #parts = 0;
  /** The block that is open. The wire never has two. */
  #open: StreamBlock | undefined;
  #stopped = false;

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#stopped || frame.data.trim() === '') return NONE;
    const payload = tryParseExact(frame.data);
    if (!isJsonObject(payload)) throw unusable('The provider sent an event that is not JSON.');
    switch (frame.event === 'error' ? frame.event : payload.type) {
      case 'message_start':
        return this.#start(payload.message);
      case 'content_block_start':
        return this.#openBlock(payload.content_block);
      case 'content_block_delta':
        return this.#open && isJsonObject(payload.delta) ? this.#open.delta(payload.delta) : NONE;
      case 'content_block_stop':
        return this.#closeBlock();
      case 'message_delta':
        return this.#note(payload);
      case 'message_stop':
        return this.#stop();
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
    return [{ type: 'start', id: toText(message.id), model: toText(message.model) }, ...this.#note(message)];
  }

  #openBlock(block: unknown): readonly ChatEvent[] {
    const closing = this.#closeBlock();
    if (!isJsonObject(block)) return closing;
    this.#open = createStreamBlock(block.type, this.#parts);
    return [...closing, ...this.#open.open(block)];
  }

  #closeBlock(): readonly ChatEvent[] {
    const open = this.#open;
    this.#open = undefined;
    const events = open?.close() ?? NONE;
    if (open?.told) this.#parts += 1;
    return events;
  }

  #stop(): readonly ChatEvent[] {
    this.#stopped = true;
    const closing = this.#closeBlock();
    const text = this.#ending.refusal();
    const index = this.#parts;
    const refusal: readonly ChatEvent[] =
      text === undefined
        ? NONE
        : [
            { type: 'refusal-delta', index, text },
            { type: 'part-end', index },
          ];
    return [...closing, ...refusal, { type: 'finish', finish: this.#ending.finish(), ...this.#ending.serviceTier() }];
  }

  /** What a message, or the delta of one, says of the answer as a whole. */
  #note(message: JsonObject): readonly ChatEvent[] {
    this.#ending.see(message);
    this.#meter.see(message.usage);
    const usage = this.#meter.usage();
    return usage ? [{ type: 'usage', usage }] : NONE;
  }
}

function unusable(message: string): GatewayError {
  return gatewayError('upstream_invalid_response', { message });
}
