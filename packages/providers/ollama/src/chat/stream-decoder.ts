import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Frame, GatewayError, JsonObject, StreamDecoder } from '@sluice/contract';
import { isJsonObject, toText, tryParseJson } from '@sluice/toolkit';
import { errorIn, unusable } from '../classify.js';
import { readUsage } from '../usage.js';
import { readLogprobs, readToolCalls, toFinish } from './answer.js';

/** Reads one stream of lines, the last of which says `"done": true`. https://docs.ollama.com/api/streaming */
export function createLineDecoder(): StreamDecoder<ChatEvent> {
  return new LineDecoder();
}

type Delta = 'reasoning-delta' | 'text-delta';
const NONE: readonly ChatEvent[] = [];

class LineDecoder implements StreamDecoder<ChatEvent> {
  readonly #events: ChatEvent[] = [];
  #next = 0;
  #open: { readonly type: Delta; readonly index: number } | undefined;
  #started = false;
  #calledTools = false;
  #done = false;

  push({ data }: Frame): readonly ChatEvent[] {
    if (this.#done || data.trim() === '') return NONE;
    const line = tryParseJson(data);
    if (!isJsonObject(line)) throw unreadable(line, data);
    const error = errorIn(line);
    if (error) throw error;
    this.#read(line, data);
    return this.#events.splice(0);
  }

  end(): readonly ChatEvent[] {
    if (this.#done) return NONE;
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
  }

  #read(line: JsonObject, data: string): void {
    const { message, done } = line;
    if (!isJsonObject(message) && done !== true) throw unusable('The provider sent a line that is no part of a chat.');
    this.#start(line);
    if (isJsonObject(message)) {
      this.#say('reasoning-delta', toText(message.thinking));
      this.#say('text-delta', toText(message.content), line.logprobs);
      this.#call(line, data);
    }
    if (done === true) this.#finish(line);
  }

  #start({ model }: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    this.#events.push({ type: 'start', id: '', model: toText(model) });
  }

  /** Probabilities of what is not shown as text, such as thinking, have no place in a stream. */
  #say(type: Delta, text: string, logprobs?: unknown): void {
    if (text === '') return;
    if (this.#open?.type !== type) {
      this.#close();
      this.#open = { type, index: this.#take() };
    }
    const { index } = this.#open;
    const seen = type === 'text-delta' ? readLogprobs(logprobs) : undefined;
    this.#events.push(seen ? { type: 'text-delta', index, text, logprobs: seen } : { type, index, text });
  }

  #call(line: JsonObject, data: string): void {
    for (const { id, name, json } of readToolCalls(data, line)) {
      this.#close();
      this.#calledTools = true;
      const index = this.#take();
      this.#events.push({ type: 'tool-start', index, id, name });
      this.#events.push({ type: 'tool-delta', index, json }, { type: 'part-end', index });
    }
  }

  #finish(line: JsonObject): void {
    this.#done = true;
    this.#close();
    const usage = readUsage(line);
    if (usage) this.#events.push({ type: 'usage', usage });
    this.#events.push({ type: 'finish', finish: toFinish(line.done_reason, this.#calledTools) });
  }

  #close(): void {
    if (this.#open) this.#events.push({ type: 'part-end', index: this.#open.index });
    this.#open = undefined;
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/** A line that begins as JSON and is none was cut. */
function unreadable(line: unknown, data: string): GatewayError {
  if (line !== undefined || !/^\s*[{[]/.test(data)) return unusable('The provider sent a line that cannot be read.');
  return gatewayError('upstream_truncated', { message: "The provider's stream breaks off inside a line." });
}
