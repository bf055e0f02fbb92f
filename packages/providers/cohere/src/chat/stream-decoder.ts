import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Frame, JsonObject, StreamDecoder } from '@sluice/contract';
import { isJsonObject, toText, tryParseJson } from '@sluice/toolkit';
import { readCohereUsage } from '@sluice/toolkit/cohere-wire';
import { reported, unusable } from '../classify.js';
import { failureOf, readLogprob, toFinish } from './answer.js';
import { createPartStream } from './part-stream.js';

/** Reads one stream of events. https://docs.cohere.com/v2/docs/streaming */
export function createEventDecoder(): StreamDecoder<ChatEvent> {
  return new EventDecoder();
}

const NONE: readonly ChatEvent[] = [];

class EventDecoder implements StreamDecoder<ChatEvent> {
  readonly #parts = createPartStream();
  #ended = false;

  push({ event, data }: Frame): readonly ChatEvent[] {
    if (this.#ended || data.trim() === '' || data === '[DONE]') return NONE;
    const payload = tryParseJson(data);
    if (!isJsonObject(payload)) throw unusable('The provider sent an event that cannot be read.');
    if (event === 'error' || typeof payload.type !== 'string') throw reported(payload);
    this.#read(payload.type, payload);
    return this.#parts.take();
  }

  end(): readonly ChatEvent[] {
    if (this.#ended) return NONE;
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
  }

  /** Events that say nothing of the answer, such as the ends of blocks, pass by unread. */
  #read(type: string, payload: JsonObject): void {
    const message = messageOf(payload);
    switch (type) {
      case 'message-start':
        this.#parts.start(toText(payload.id));
        break;
      case 'content-start':
      case 'content-delta':
        this.#content(payload, message.content);
        break;
      case 'tool-plan-delta':
        this.#parts.reason('tool_plan', 'plan', toText(message.tool_plan));
        break;
      case 'citation-start':
        for (const citation of [message.citations].flat()) if (isJsonObject(citation)) this.#parts.cite(citation);
        break;
      case 'tool-call-start':
        this.#call(payload, message.tool_calls, true);
        break;
      case 'tool-call-delta':
        this.#call(payload, message.tool_calls, false);
        break;
      case 'tool-call-end':
        this.#parts.endCall(payload.index);
        break;
      case 'message-end':
        this.#finish(isJsonObject(payload.delta) ? payload.delta : {});
    }
  }

  #content({ index, logprobs }: JsonObject, content: unknown): void {
    if (!isJsonObject(content)) return;
    this.#parts.reason('thinking', index, toText(content.thinking));
    this.#parts.say(index, toText(content.text), readLogprob(logprobs));
  }

  #call({ index }: JsonObject, call: unknown, begins: boolean): void {
    const { id, function: called } = isJsonObject(call) ? call : {};
    const { name, arguments: json } = isJsonObject(called) ? called : {};
    if (begins) {
      if (toText(name) === '') throw unusable('The provider called a tool without a name.');
      this.#parts.beginCall(index, toText(id), toText(name));
    }
    this.#parts.growCall(index, toText(json));
  }

  #finish(delta: JsonObject): void {
    const failure = failureOf(delta);
    if (failure) throw failure;
    this.#ended = true;
    const usage = readCohereUsage(delta.usage);
    this.#parts.finish(toFinish(delta.finish_reason), usage);
  }
}

function messageOf({ delta }: JsonObject): JsonObject {
  return isJsonObject(delta) && isJsonObject(delta.message) ? delta.message : {};
}
