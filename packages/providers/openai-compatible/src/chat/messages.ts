import type {
  Adjustment,
  AssistantPart,
  ChatRequest,
  JsonObject,
  Message,
  ToolMessage,
  UserPart,
} from '@sluice/contract';
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
      ...(results.some(({ content }) => content.some(isImage)) ? [dropped('tool_result.image')] : []),
    ],
  };
}

function writeMessage(message: Message, sendsReasoning: boolean): JsonObject {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: writeContent(message.content) };
    case 'assistant':
      return { ...writeAssistant(keptOf(message.content, sendsReasoning)) };
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
  return { type: 'image_url', image_url: { url: writeImageUrl(part.source), detail: part.detail } };
}

function writeToolResult({ content }: ToolMessage): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Servers want reasoning back where tools were called, and some refuse it anywhere else. */
function keptOf(parts: readonly AssistantPart[], sendsReasoning: boolean): readonly AssistantPart[] {
  const calledTools = parts.some(({ type }) => type === 'tool-call');
  return sendsReasoning && calledTools ? parts : parts.filter(({ type }) => type !== 'reasoning');
}

function isImage(part: UserPart): boolean {
  return part.type === 'image';
}

function dropped(parameter: string): Adjustment {
  return { parameter, action: 'dropped' };
}
