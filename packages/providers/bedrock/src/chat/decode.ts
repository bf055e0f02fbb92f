import { gatewayError } from '@sluice/contract';
import type { AssistantPart, ChatResult, JsonObject, ReasoningPart, ResponseHead } from '@sluice/contract';
import { isJsonObject, parseUpstreamJson, toText, tryParseExact } from '@sluice/toolkit';
import { signatureState } from '@sluice/toolkit/anthropic-wire';
import {
  ANSWER_TOOL,
  NO_TOOL,
  REQUEST_ID,
  asAnswered,
  toCitation,
  toFinish,
  toRedactedState,
  toRoutedModel,
  toServiceTier,
  toState,
  toUsage,
} from './wire.js';

/** A plain answer. Throws `upstream_invalid_response` or `upstream_truncated`. */
export function decodeChat(body: Uint8Array, head: ResponseHead): ChatResult {
  const answer = parseUpstreamJson(body, tryParseExact);
  const content = readContent(answer.output);
  const usage = toUsage(answer.usage);
  const parts = content.flatMap(toPart);
  const calls = parts.filter(({ type }) => type === 'tool-call').length;
  return {
    id: head.headers[REQUEST_ID] ?? '',
    model: toRoutedModel(answer.trace),
    content: parts,
    finish: asAnswered(toFinish(answer.stopReason), calls),
    ...(usage ? { usage } : {}),
    ...toServiceTier(answer.serviceTier),
  };
}

function readContent(output: unknown): readonly JsonObject[] {
  const message = isJsonObject(output) ? output.message : undefined;
  const content = isJsonObject(message) ? message.content : undefined;
  if (Array.isArray(content)) return content.filter(isJsonObject);
  throw gatewayError('upstream_invalid_response', { message: 'The provider answered something that is no message.' });
}

/** A block is an object with one field, which names its kind. Kinds that a chat has no place for are passed over. */
function toPart(block: JsonObject): readonly AssistantPart[] {
  const { text, toolUse, toolResult, reasoningContent, citationsContent, image } = block;
  if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', text }];
  if (isJsonObject(toolUse)) return toCall(toolUse);
  if (isJsonObject(toolResult)) return [{ type: 'vendor', state: toState({ toolResult }) }];
  if (isJsonObject(reasoningContent)) return toReasoning(reasoningContent);
  if (isJsonObject(citationsContent)) return toCited(citationsContent);
  return isJsonObject(image) ? toImage(image) : [];
}

function toCall(toolUse: JsonObject): readonly AssistantPart[] {
  const name = toText(toolUse.name);
  const json = JSON.stringify(toolUse.input ?? {});
  if (name === ANSWER_TOOL) return [{ type: 'text', text: json }];
  if (name === NO_TOOL) return [];
  if (toolUse.type === 'server_tool_use') return [{ type: 'vendor', state: toState({ toolUse }) }];
  return [{ type: 'tool-call', id: toText(toolUse.toolUseId), name, json }];
}

function toReasoning({ reasoningText, redactedContent }: JsonObject): readonly ReasoningPart[] {
  if (typeof redactedContent === 'string') {
    return [{ type: 'reasoning', text: '', opaque: toRedactedState(redactedContent) }];
  }
  const { text, signature } = isJsonObject(reasoningText) ? reasoningText : {};
  if (toText(signature) !== '')
    return [{ type: 'reasoning', text: toText(text), opaque: signatureState(toText(signature)) }];
  return toText(text) === '' ? [] : [{ type: 'reasoning', text: toText(text) }];
}

function toCited({ content, citations }: JsonObject): readonly AssistantPart[] {
  const pieces = Array.isArray(content) ? content.filter(isJsonObject) : [];
  const text = pieces.map((piece) => toText(piece.text)).join('');
  const cited = Array.isArray(citations) ? citations.filter(isJsonObject).map(toCitation) : [];
  if (text === '') return [];
  return [{ type: 'text', text, ...(cited.length === 0 ? {} : { citations: cited }) }];
}

function toImage({ format, source }: JsonObject): readonly AssistantPart[] {
  const bytes = isJsonObject(source) ? toText(source.bytes) : '';
  if (bytes === '') return [];
  return [{ type: 'image', source: { kind: 'base64', mediaType: `image/${toText(format)}`, base64: bytes } }];
}
