import type { Adjustment, AssistantMessage, AssistantPart, Message, ToolCallPart, ToolMessage } from '@sluice/contract';
import { changed, dropped, isJsonObject, tryParseJson, untranslatable } from '@sluice/toolkit';
import { joinText, writeContent } from './content.js';

export interface Conversation {
  /** Each message as JSON, so that the arguments of tool calls stay as the model wrote them. */
  readonly json: readonly string[];
  readonly adjustments: readonly Adjustment[];
}

/**
 * The conversation in the server's form: npm ollama 0.6.4, `Message`, and `api/types.go` of
 * https://github.com/ollama/ollama.
 */
export function writeMessages(messages: readonly Message[]): Conversation {
  const names = new Map<string, string>();
  const spoken = messages.flatMap((message) => (message.role === 'assistant' ? message.content : []));
  return {
    json: messages.map((message) => writeMessage(message, names)),
    adjustments: [
      ...changed(
        'messages.audio',
        spoken.some(({ type }) => type === 'audio'),
      ),
      ...changed('tool_calls.function.arguments', spoken.some(isWrongCall)),
      ...dropped('reasoning_content', spoken.find(isUnreadable)),
    ],
  };
}

/** `names` are those of the tools by the ids of their calls, as far as the conversation has come. */
function writeMessage(message: Message, names: Map<string, string>): string {
  switch (message.role) {
    case 'system':
      return JSON.stringify({ role: 'system', content: joinText(message.content) });
    case 'user':
      return JSON.stringify({ role: 'user', ...writeContent(message.content) });
    case 'assistant':
      return writeAssistant(message, names);
    case 'tool':
      return JSON.stringify(writeToolResult(message, names));
  }
}

function writeToolResult({ callId, content }: ToolMessage, names: ReadonlyMap<string, string>): object {
  return { role: 'tool', ...writeContent(content), tool_name: names.get(callId), tool_call_id: callId };
}

function writeAssistant({ content: parts }: AssistantMessage, names: Map<string, string>): string {
  const thinking = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const head = JSON.stringify({
    role: 'assistant',
    content: parts.map(toSpokenText).join(''),
    thinking: thinking === '' ? undefined : thinking,
  });
  const calls = parts.filter((part) => part.type === 'tool-call');
  if (calls.length === 0) return head;
  for (const { id, name } of calls) names.set(id, name);
  return `${head.slice(0, -1)},"tool_calls":[${calls.map(writeCall).join(',')}]}`;
}

function writeCall({ id, name, json }: ToolCallPart, index: number): string {
  const called = `"index":${index},"name":${JSON.stringify(name)},"arguments":${toArguments(json)}`;
  return `{"id":${JSON.stringify(id)},"function":{${called}}}`;
}

/** An object's text goes as it is. The model sees what it wrote where that was none. */
function toArguments(json: string): string {
  if (json.trim() === '') return '{}';
  return isObjectText(json) ? json : JSON.stringify({ INVALID_JSON: json });
}

function isObjectText(json: string): boolean {
  return isJsonObject(tryParseJson(json));
}

function isWrongCall(part: AssistantPart): boolean {
  return part.type === 'tool-call' && part.json.trim() !== '' && !isObjectText(part.json);
}

/** Reasoning that another vendor keeps closed. */
function isUnreadable(part: AssistantPart): boolean {
  return part.type === 'reasoning' && part.text === '' && part.opaque !== undefined;
}

function toSpokenText(part: AssistantPart): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text;
    case 'reasoning':
    case 'tool-call':
      return '';
    case 'audio':
      if (part.transcript !== undefined) return part.transcript;
      break;
    case 'image':
    case 'vendor':
      break;
  }
  throw untranslatable(`a part of type "${part.type}" from the assistant`);
}
