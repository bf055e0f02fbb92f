import type { AssistantPart, ImagePart, Message, TextPart, UserPart } from '@sluice/contract';
import { readImageUrl } from '@sluice/toolkit/openai-wire';
import type { WireMessage, WireUserContent } from './message-schema.js';
import { untranslatable } from './untranslatable.js';

type WireAssistant = Extract<WireMessage, { role: 'assistant' }>;
type WireUserPart = Exclude<WireUserContent, string>[number];
type WireImage = Extract<WireUserPart, { type: 'image_url' }>['image_url'];

/** A message without its dialect. `position` names it in the failure of what no other dialect could say. */
export function toMessage(message: WireMessage, position: number): Message {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: toTexts(message.content) };
    case 'user':
      return { role: 'user', content: toUserParts(message.content, position) };
    case 'assistant':
      return { role: 'assistant', content: toAssistantParts(message, position) };
    case 'tool':
      return { role: 'tool', callId: message.tool_call_id, content: toTexts(message.content) };
    case 'function':
      throw untranslatable(['messages', position], 'a message of role "function"');
  }
}

function toTexts(content: string | readonly { readonly text: string }[]): readonly TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map(({ text }) => ({ type: 'text', text }));
}

function toUserParts(content: WireUserContent, position: number): readonly UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, i) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    if (part.type === 'image_url') return toImage(part.image_url);
    throw untranslatable(['messages', position, 'content', i], `a part of type "${part.type}"`);
  });
}

function toImage({ url, detail }: WireImage): ImagePart {
  const source = readImageUrl(url);
  if (!detail) return { type: 'image', source };
  return { type: 'image', source, detail: detail === 'original' ? 'high' : detail };
}

function toAssistantParts(message: WireAssistant, position: number): readonly AssistantPart[] {
  const { reasoning_content: reasoning, refusal, function_call: legacyCall } = message;
  if (legacyCall) throw untranslatable(['messages', position, 'function_call'], 'a call in the old form');
  return [
    ...(reasoning ? [{ type: 'reasoning' as const, text: reasoning }] : []),
    ...toSaid(message.content),
    ...(refusal ? [{ type: 'refusal' as const, text: refusal }] : []),
    ...toToolCalls(message.tool_calls, position),
  ];
}

function toSaid(content: WireAssistant['content']): readonly AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return (content ?? []).map((part) =>
    part.type === 'text' ? { type: 'text', text: part.text } : { type: 'refusal', text: part.refusal },
  );
}

function toToolCalls(calls: WireAssistant['tool_calls'], position: number): readonly AssistantPart[] {
  return (calls ?? []).map((call, i) => {
    if (call.type === 'custom') throw untranslatable(['messages', position, 'tool_calls', i], 'a custom tool call');
    return { type: 'tool-call', id: call.id, name: call.function.name, json: call.function.arguments };
  });
}
