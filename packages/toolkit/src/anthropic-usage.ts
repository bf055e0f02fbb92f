import type { Finish, FinishReason, Usage } from '@sluice/contract';
import { ownData } from './anthropic-state.js';
import { isJsonObject } from './json.js';

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['compaction', 'stop'],
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content-filter'],
]);

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  other: 'end_turn',
};

/** A `stop_reason` as a finish; nothing while there is none. */
export function toFinish(stopReason: unknown): Finish | undefined {
  if (typeof stopReason !== 'string') return undefined;
  return { unified: FINISH_REASONS.get(stopReason) ?? 'other', raw: stopReason };
}

/** True for a stop reason that this package has heard of. */
export function isKnownStopReason(stopReason: string): boolean {
  return FINISH_REASONS.has(stopReason);
}

/** The `stop_reason` for a finish: the vendor's own word where it is one of this wire, or came over it. */
export function toStopReason({ unified, raw, opaque }: Finish): string {
  if (raw === undefined) return STOP_REASONS[unified];
  return FINISH_REASONS.get(raw) === unified || ownData(opaque)?.stop_reason === raw ? raw : STOP_REASONS[unified];
}

/** Adds up what one answer says of its usage, once or in several frames. */
export interface UsageMeter {
  /** Takes a `usage` object as it came; what is no count is passed over. */
  see(usage: unknown): void;
  /** Nothing until a count of input or output was seen. */
  usage(): Usage | undefined;
}

/** Counts in a stream are cumulative and may be repeated, so the largest of each counts. */
export function createUsageMeter(): UsageMeter {
  return new Meter();
}

class Meter implements UsageMeter {
  #input: number | undefined;
  #read: number | undefined;
  #written: number | undefined;
  #output: number | undefined;
  #thinking: number | undefined;
  #writtenFor1h: number | undefined;
  #searches: number | undefined;

  see(usage: unknown): void {
    if (!isJsonObject(usage)) return;
    this.#input = larger(this.#input, usage.input_tokens);
    this.#read = larger(this.#read, usage.cache_read_input_tokens);
    this.#written = larger(this.#written, usage.cache_creation_input_tokens);
    this.#output = larger(this.#output, usage.output_tokens);
    const details = usage.output_tokens_details;
    if (isJsonObject(details)) this.#thinking = larger(this.#thinking, details.thinking_tokens);
    const { cache_creation: written, server_tool_use: tools } = usage;
    if (isJsonObject(written)) this.#writtenFor1h = larger(this.#writtenFor1h, written.ephemeral_1h_input_tokens);
    if (isJsonObject(tools)) this.#searches = larger(this.#searches, tools.web_search_requests);
  }

  usage(): Usage | undefined {
    if (this.#input === undefined && this.#output === undefined) return undefined;
    return {
      inputTokens: (this.#input ?? 0) + (this.#read ?? 0) + (this.#written ?? 0),
      outputTokens: this.#output ?? 0,
      ...(this.#read === undefined ? {} : { cachedInputTokens: this.#read }),
      ...(this.#written === undefined ? {} : { cacheWriteTokens: this.#written }),
      ...(this.#writtenFor1h === undefined ? {} : { cacheWrite1hTokens: this.#writtenFor1h }),
      ...(this.#thinking === undefined ? {} : { reasoningTokens: this.#thinking }),
      ...(this.#searches ? { searchUnits: this.#searches } : {}),
    };
  }
}

function larger(seen: number | undefined, count: unknown): number | undefined {
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return seen;
  return seen === undefined ? count : Math.max(seen, count);
}

/** {@link createUsageMeter} for a plain answer. */
export function toUsage(usage: unknown): Usage | undefined {
  const meter = createUsageMeter();
  meter.see(usage);
  return meter.usage();
}
