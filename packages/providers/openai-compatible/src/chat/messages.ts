import type {
  Adjustment,
  AssistantPart,
  ChatRequest,
  JsonObject,
  Message,
  ToolMessage,
  UserPart,
} from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import { writeAssistant, writeImageUrl } from '@sluice/toolkit/openai-wire';
import type { DialectTweaks } from '../tweaks.js';

/** The conversation in the dialect's form, and what of it has no form there. */
export function writeMessages(
  { messages }: Pick<ChatRequest, 'messages'>,
  { sendsReasoning }: DialectTweaks,
): { readonly messages: readonly JsonObject[]; readonly adjustments: readonly Adjustment[] } {
  const results = messages.filter((message) => message.role === 'tool');
  return {
    messages: messages.map((message) => writeMessage(message, sendsReasoning)),
    adjustments: [
      ...(results.some(({ isError }) => isError) ? [dropped('tool_result.is_error')] : []),
      ...lostOf(results),
    ],
  };
}

function writeMessage(message: Message, sendsReasoning: boolean): JsonObject {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: writeContent(message.content) };
    case 'assistant':
      return { ...writeAssistant(keptOf(message.content.map(checked), sendsReasoning)) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: writeToolResult(message) };
  }
}

/** One text alone goes as a string, which every server takes. */
function writeContent(parts: readonly UserPart[]): string | readonly JsonObject[] {
  const [first] = parts;
  return parts.length === 1 && first?.type === 'text' ? first.text : parts.map(writePart);
}

function writePart(part: UserPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type !== 'image') throw untranslatable(`a part of type "${part.type}"`);
  return { type: 'image_url', image_url: { url: writeImageUrl(part.source), detail: part.detail } };
}

function checked(part: AssistantPart): AssistantPart {
  if (part.type === 'image' || part.type === 'audio' || part.type === 'vendor') {
    throw untranslatable(`a part of type "${part.type}"`);
  }
  return part;
}

function writeToolResult({ content }: ToolMessage): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Servers want reasoning back where tools were called, and some refuse it anywhere else. */
function keptOf(parts: readonly AssistantPart[], sendsReasoning: boolean): readonly AssistantPart[] {
  const calledTools = parts.some(({ type }) => type === 'tool-call');
  return sendsReasoning && calledTools ? parts : parts.filter(({ type }) => type !== 'reasoning');
}

/** The dialect's results of tools are text. */
function lostOf(results: readonly ToolMessage[]): readonly Adjustment[] {
  const types = new Set(results.flatMap(({ content }) => content.map(({ type }) => type)));
  types.delete('text');
  return [...types].map((type) => dropped(`tool_result.${type}`));
}

function dropped(parameter: string): Adjustment {
  return { parameter, action: 'dropped' };
}
