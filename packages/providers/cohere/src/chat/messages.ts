import type { JsonObject, Message, ToolMessage, UserPart } from '@sluice/contract';
import { changed, dropped, isSystemMoved, untranslatable } from '@sluice/toolkit';
import { writeImageUrl } from '@sluice/toolkit/openai-wire';
import { losesCitation, losesReasoning, writeAssistant } from './assistant.js';
import type { Plan } from './plan.js';

/**
 * The conversation in the vendor's form: instructions first and in one message, because the vendor refuses them anywhere
 * else (https://docs.cohere.com/reference/errors). Shapes: npm cohere-ai 8.1.0, `ChatMessageV2`.
 */
export function planMessages(messages: readonly Message[]): Plan {
  const system = messages.flatMap((message) => (message.role === 'system' ? message.content : []));
  const turns = messages.flatMap((message) => writeTurn(message));
  const results = messages.filter((message) => message.role === 'tool');
  return {
    fields: {
      messages: system.length === 0 ? turns : [{ role: 'system', content: writeContent(system) }, ...turns],
    },
    adjustments: [
      ...changed('messages', isSystemMoved(messages)),
      ...dropped('reasoning_content', messages.find(losesReasoning)),
      ...dropped('citations', messages.find(losesCitation)),
      ...changed('messages.audio', messages.some(hasSpoken)),
      ...lostOf(results),
    ],
  };
}

function writeTurn(message: Message): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', content: writeContent(message.content) }];
    case 'assistant':
      return [writeAssistant(message)];
    case 'tool':
      return [writeToolResult(message)];
  }
}

/** One text alone goes as a string, and so does nothing. */
function writeContent(parts: readonly UserPart[]): string | readonly JsonObject[] {
  const [first] = parts;
  if (!first) return '';
  return parts.length === 1 && first.type === 'text' ? first.text : parts.map(writePart);
}

function writePart(part: UserPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type !== 'image') throw untranslatable(`a part of type "${part.type}"`);
  return { type: 'image_url', image_url: { url: writeImageUrl(part.source), detail: part.detail } };
}

/** Results are texts or documents; pictures have no place in them. */
function writeToolResult({ callId, content }: ToolMessage): JsonObject {
  const texts = content.filter((part) => part.type === 'text');
  return { role: 'tool', tool_call_id: callId, content: writeContent(texts) };
}

function lostOf(results: readonly ToolMessage[]): Plan['adjustments'] {
  const types = new Set(results.flatMap(({ content }) => content.map(({ type }) => type)));
  types.delete('text');
  return [...types].map((type) => ({ parameter: `tool_result.${type}`, action: 'dropped' }));
}

function hasSpoken(message: Message): boolean {
  return message.role === 'assistant' && message.content.some(({ type }) => type === 'audio');
}
