import { gatewayError } from '@sluice/contract';
import type { AnswerSummary, JsonObject } from '@sluice/contract';
import { classifyInBand, readAnthropicError } from './anthropic-errors.js';
import { toTier } from './anthropic-ending.js';
import { toFinish, toUsage } from './anthropic-usage.js';
import { isJsonObject, parseUpstreamJson, tryParseExact } from './json.js';

/** A plain answer that was checked to be a message. */
export interface WireMessage {
  readonly message: JsonObject;
  readonly blocks: readonly JsonObject[];
}

/** Throws `upstream_truncated`, `upstream_invalid_response`, or what an error inside the 200 answer stands for. */
export function parseMessage(body: Uint8Array): WireMessage {
  const message = parseUpstreamJson(body, tryParseExact);
  if (isJsonObject(message.error)) throw classifyInBand(readAnthropicError(message));
  const { content } = message;
  if (message.type !== 'message' || !Array.isArray(content)) {
    throw gatewayError('upstream_invalid_response', { message: "The provider's answer is not a message." });
  }
  return { message, blocks: content.filter(isJsonObject) };
}

/** What settling needs of a plain answer that passes through. Throws as {@link parseMessage}. */
export function inspectMessage(body: Uint8Array): AnswerSummary {
  const { message, blocks } = parseMessage(body);
  const usage = toUsage(message.usage);
  const finish = toFinish(message.stop_reason);
  const serviceTier = toTier(message.usage);
  return {
    ...(typeof message.model === 'string' ? { model: message.model } : {}),
    ...(usage ? { usage } : {}),
    ...(finish ? { finish } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    outputChars: blocks.reduce((chars, block) => chars + outputChars(block), 0),
  };
}

function outputChars({ text, thinking, input }: JsonObject): number {
  if (typeof text === 'string') return text.length;
  if (typeof thinking === 'string') return thinking.length;
  return input === undefined ? 0 : JSON.stringify(input).length;
}
