import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Citation, Finish, Frame, GatewayError, JsonObject, StreamDecoder } from '@sluice/contract';
import { given, isJsonObject } from '@sluice/toolkit';
import {
  classifyInBand,
  generationFailed,
  isErrorAnswer,
  isFailedFinish,
  readChunkUsage,
  readOpenAiError,
  tryParseAnswer,
  unanswered,
} from '@sluice/toolkit/openai-wire';
import { readFinish } from './decode.js';
import { createDeltaReader } from './delta-reader.js';
import { readSources } from './sources.js';

/** Decodes one stream of chat chunks. A stream that ends after its finish reason but without `[DONE]` is whole. */
export function createChunkDecoder(): StreamDecoder<ChatEvent> {
  return new ChunkDecoder();
}

class ChunkDecoder implements StreamDecoder<ChatEvent> {
  readonly #deltas = createDeltaReader();
  #started = false;
  #ended = false;
  #reason: string | undefined;
  #tier: string | undefined;
  #sources: readonly Citation[] = [];

  push({ event, data }: Frame): readonly ChatEvent[] {
    if (this.#ended || data.trim() === '') return [];
    if (data === '[DONE]') return this.#close();
    const chunk = tryParseAnswer(data);
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
      if (isJsonObject(choice.delta)) this.#deltas.read(choice.delta, choice.logprobs, events);
      this.#readReason(choice.finish_reason);
    }
    if (typeof chunk.service_tier === 'string') this.#tier = chunk.service_tier;
    if (chunk.citations ?? chunk.search_results) this.#sources = readSources(chunk);
    const usage = readChunkUsage(chunk);
    if (usage && this.#started) events.push({ type: 'usage', usage });
    return events;
  }

  #start({ id, model }: JsonObject): ChatEvent {
    this.#started = true;
    return { type: 'start', id: typeof id === 'string' ? id : '', model: typeof model === 'string' ? model : '' };
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
    this.#deltas.close(this.#sources, events);
    const finish: Finish = readFinish(this.#reason, this.#deltas.calledTools);
    events.push({ type: 'finish', finish, ...given('serviceTier', this.#tier) });
    return events;
  }
}

function unreadable(): GatewayError {
  return gatewayError('upstream_invalid_response', { message: 'The provider sent an event that cannot be read.' });
}
