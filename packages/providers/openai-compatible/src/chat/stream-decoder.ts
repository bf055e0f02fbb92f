import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Finish, Frame, GatewayError, JsonObject, StreamDecoder } from '@sluice/contract';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import {
  classifyInBand,
  generationFailed,
  isErrorAnswer,
  isFailedFinish,
  readChunkUsage,
  readOpenAiError,
  unanswered,
} from '@sluice/toolkit/openai-wire';
import { readFinish, readReasoning } from './decode.js';
import { createPartWriter } from './part-writer.js';

/** Decodes one stream of chat chunks. A stream that ends after its finish reason but without `[DONE]` is whole. */
export function createChunkDecoder(): StreamDecoder<ChatEvent> {
  return new ChunkDecoder();
}

class ChunkDecoder implements StreamDecoder<ChatEvent> {
  readonly #parts = createPartWriter();
  #started = false;
  #ended = false;
  #reason: string | undefined;

  push({ event, data }: Frame): readonly ChatEvent[] {
    if (this.#ended || data.trim() === '') return [];
    if (data === '[DONE]') return this.#close();
    const chunk = tryParseJson(data);
    if (!isJsonObject(chunk)) throw unreadable();
    if (event === 'error' || isErrorAnswer(chunk)) throw classifyInBand(readOpenAiError(chunk));
    return this.#read(chunk);
  }

  end(): readonly ChatEvent[] {
    if (this.#ended) return [];
    if (this.#reason !== undefined) return this.#close();
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
  }

  #read(chunk: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (isJsonObject(choice)) {
      if (!this.#started) events.push(this.#start(chunk));
      if (isJsonObject(choice.delta)) this.#readDelta(choice.delta, events);
      this.#readReason(choice.finish_reason);
    }
    const usage = readChunkUsage(chunk);
    if (usage && this.#started) events.push({ type: 'usage', usage });
    return events;
  }

  #start({ id, model }: JsonObject): ChatEvent {
    this.#started = true;
    return { type: 'start', id: typeof id === 'string' ? id : '', model: typeof model === 'string' ? model : '' };
  }

  #readDelta(delta: JsonObject, events: ChatEvent[]): void {
    const reasoning = readReasoning(delta);
    if (reasoning !== '') this.#parts.say('reasoning-delta', reasoning, events);
    if (isText(delta.content)) this.#parts.say('text-delta', delta.content, events);
    if (isText(delta.refusal)) this.#parts.say('refusal-delta', delta.refusal, events);
    if (!Array.isArray(delta.tool_calls)) return;
    for (const call of delta.tool_calls as readonly unknown[]) if (isJsonObject(call)) this.#parts.call(call, events);
  }

  #readReason(reason: unknown): void {
    if (typeof reason !== 'string') return;
    if (isFailedFinish(reason)) throw generationFailed();
    this.#reason = reason;
  }

  #close(): readonly ChatEvent[] {
    if (!this.#started) throw unanswered();
    this.#ended = true;
    const events: ChatEvent[] = [];
    this.#parts.close(events);
    const finish: Finish = readFinish(this.#reason, this.#parts.calledTools);
    events.push({ type: 'finish', finish });
    return events;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function unreadable(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider sent an event that cannot be read.' });
}
