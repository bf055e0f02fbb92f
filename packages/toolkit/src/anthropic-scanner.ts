import type { AnswerSummary, Finish, Frame, JsonObject, StreamScanner } from '@sluice/contract';
import { classifyInBand, readAnthropicError } from './anthropic-errors.js';
import { toTier } from './anthropic-ending.js';
import { createUsageMeter, toFinish } from './anthropic-usage.js';
import { isJsonObject, tryParseJson } from './json.js';
import { createStreamScanner } from './stream-scanner.js';
import type { FrameVerdict, ScanRules } from './stream-scanner.js';

const OUTPUT_TEXT = /"(?:text|partial_json|thinking)": ?"([^"\\]*(?:\\.[^"\\]*)*)"/;
const INSPECTED = /"type": ?"(?:message_delta|message_stop|error|vertex_event)"/;
/** No string of an event can hold this: a line end is always escaped there. */
const INSPECTED_LINE = /^event: ?error/;

const NOTHING: FrameVerdict = {};
const CONTENT: FrameVerdict = { content: true };
const TERMINAL: FrameVerdict = { terminal: true };
/** Clients of the dialect know it not, and some fail over it. */
const FOREIGN: FrameVerdict = { drop: true };
const UNREADABLE: FrameVerdict = { unreadable: true };

/**
 * Watches one messages stream as it passes: usage, stop reason, failure, first content. The stream commits with its
 * first content block; `message_start` and `ping` come before any work is done and leave the way to another target open.
 */
export function createAnthropicScanner(): StreamScanner {
  return createStreamScanner(new MessageRules());
}

class MessageRules implements ScanRules {
  readonly marker = new RegExp(`${OUTPUT_TEXT.source}|${INSPECTED.source}|${INSPECTED_LINE.source}`, 'gm');
  readonly #meter = createUsageMeter();
  #model: string | undefined;
  #finish: Finish | undefined;
  #serviceTier: string | undefined;

  inspect(frame: Frame): FrameVerdict {
    if (frame.data.trim() === '') return NOTHING;
    const payload = tryParseJson(frame.data);
    if (!isJsonObject(payload)) return UNREADABLE;
    switch (frame.event === 'error' ? frame.event : payload.type) {
      case 'message_start':
        return this.#start(payload.message);
      case 'content_block_start':
      case 'content_block_delta':
        return CONTENT;
      case 'message_delta':
        return this.#delta(payload);
      case 'message_stop':
        return TERMINAL;
      // The usage once more, from Vertex AI and from proxies before it. https://github.com/vercel/ai/issues/11309
      case 'vertex_event':
        return FOREIGN;
      case 'error':
        return { failure: classifyInBand(readAnthropicError(payload)) };
      default:
        return NOTHING;
    }
  }

  summary(): AnswerSummary {
    const usage = this.#meter.usage();
    return {
      ...(this.#model === undefined ? {} : { model: this.#model }),
      ...(usage ? { usage } : {}),
      ...(this.#finish ? { finish: this.#finish } : {}),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
    };
  }

  #start(message: unknown): FrameVerdict {
    if (!isJsonObject(message)) return NOTHING;
    if (typeof message.model === 'string') this.#model = message.model;
    this.#meter.see(message.usage);
    this.#serviceTier = toTier(message.usage);
    return NOTHING;
  }

  #delta(payload: JsonObject): FrameVerdict {
    this.#meter.see(payload.usage);
    const { delta } = payload;
    this.#finish = toFinish(isJsonObject(delta) ? delta.stop_reason : undefined) ?? this.#finish;
    return NOTHING;
  }
}
