import { gatewayError } from '@sluice/contract';
import type { ChatEvent, Finish, Frame, JsonObject, ResponseHead, StreamDecoder } from '@sluice/contract';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import { classifyException, isException } from '../classify.js';
import { openBlock, startBlock } from './stream-blocks.js';
import type { OpenBlock, Parts } from './stream-blocks.js';
import { REQUEST_ID, asAnswered, toFinish, toServiceTier, toUsage } from './wire.js';

/** Reads one answer of `ConverseStream`. */
export function createStreamDecoder(head: ResponseHead): StreamDecoder<ChatEvent> {
  return new ConverseStream(head.headers[REQUEST_ID] ?? '');
}

const NONE: readonly ChatEvent[] = [];

/**
 * The end has two events: `messageStop` says why, `metadata` what was used. The finish waits for the second, and goes out
 * at the end of the bytes where only that one is missing.
 */
class ConverseStream implements StreamDecoder<ChatEvent> {
  readonly #id: string;
  readonly #parts: Parts = { count: 0, calls: 0 };
  #stage: 'before' | 'inside' | 'over' = 'before';
  #block: OpenBlock | undefined;
  /** The wire's own number of the block that is open. */
  #blockIndex: unknown;
  #stop: Finish | undefined;
  #metadata: JsonObject | undefined;

  constructor(id: string) {
    this.#id = id;
  }

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#stage === 'over') return NONE;
    if (isException(frame)) throw classifyException(frame);
    const payload = tryParseJson(frame.data);
    if (!isJsonObject(payload)) {
      throw gatewayError('upstream_invalid_response', { message: 'The provider sent an event that is not JSON.' });
    }
    const start = this.#start();
    const events = this.#read(frame.event ?? '', payload);
    return start.length === 0 ? events : [...start, ...events];
  }

  end(): readonly ChatEvent[] {
    if (this.#stage === 'over') return NONE;
    if (this.#stop) return this.#finish(this.#stop);
    throw gatewayError('upstream_truncated', { message: "The provider's stream ended before its end was announced." });
  }

  #read(event: string, payload: JsonObject): readonly ChatEvent[] {
    switch (event) {
      case 'contentBlockDelta':
        return this.#delta(payload);
      case 'contentBlockStart':
        return this.#openBlock(payload);
      case 'contentBlockStop':
        return this.#closeBlock();
      case 'messageStop':
        return this.#messageStop(payload);
      case 'metadata':
        return this.#readMetadata(payload);
      default:
        return NONE;
    }
  }

  /** Once, with the first event, whichever it is. */
  #start(): readonly ChatEvent[] {
    if (this.#stage !== 'before') return NONE;
    this.#stage = 'inside';
    return [{ type: 'start', id: this.#id, model: '' }];
  }

  #openBlock({ start, contentBlockIndex }: JsonObject): readonly ChatEvent[] {
    const closed = this.#closeBlock();
    if (!isJsonObject(start)) return closed;
    this.#block = startBlock(start, this.#parts);
    this.#blockIndex = contentBlockIndex;
    return this.#block ? [...closed, ...this.#block.begin()] : closed;
  }

  /** Text and reasoning have no event that opens them: their first piece does. */
  #delta({ delta, contentBlockIndex }: JsonObject): readonly ChatEvent[] {
    if (!isJsonObject(delta)) return NONE;
    if (this.#block && this.#blockIndex === contentBlockIndex && this.#block.takes(delta))
      return this.#block.push(delta);
    const next = openBlock(delta, this.#parts);
    if (!next) return NONE;
    const closed = this.#closeBlock();
    this.#block = next;
    this.#blockIndex = contentBlockIndex;
    return closed.length === 0 ? next.push(delta) : [...closed, ...next.push(delta)];
  }

  #closeBlock(): readonly ChatEvent[] {
    const block = this.#block;
    this.#block = undefined;
    return block ? block.end() : NONE;
  }

  #messageStop({ stopReason }: JsonObject): readonly ChatEvent[] {
    const closed = this.#closeBlock();
    this.#stop = toFinish(stopReason);
    return this.#metadata ? [...closed, ...this.#finish(this.#stop)] : closed;
  }

  #readMetadata(metadata: JsonObject): readonly ChatEvent[] {
    this.#metadata = metadata;
    const usage = toUsage(metadata.usage);
    const counted: readonly ChatEvent[] = usage ? [{ type: 'usage', usage }] : NONE;
    return this.#stop ? [...counted, ...this.#finish(this.#stop)] : counted;
  }

  #finish(stop: Finish): readonly ChatEvent[] {
    this.#stage = 'over';
    const finish = asAnswered(stop, this.#parts.calls);
    return [{ type: 'finish', finish, ...toServiceTier(this.#metadata?.serviceTier) }];
  }
}
