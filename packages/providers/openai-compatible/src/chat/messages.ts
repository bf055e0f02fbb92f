import type { ChatRequest, JsonObject, Message, ToolMessage, UserPart } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { writeAnswer } from './assistant.js';
import { markOf, textsOf, writeContent, writePart } from './parts.js';
import type { Writing } from './parts.js';
import { toToolId } from './tool-ids.js';

const NESTED = 'messages.';

/** The conversation in the dialect's form. Throws `invalid_value` for what the server could not be told. */
export function writeMessages(
  request: Pick<ChatRequest, 'messages' | 'extensions' | 'responseFormat'>,
  writing: Writing,
): readonly JsonObject[] {
  const { messages } = request;
  const own = ownFieldsOfMessages(request, writing);
  const written: JsonObject[] = schemaInWords(request, writing);
  let shown: JsonObject[] = [];
  for (const [position, message] of messages.entries()) {
    if (message.role !== 'tool') shown = flush(shown, written);
    const fields = { ...writeMessage(message, writing), ...own.get(position) };
    const isPrefix = writing.rules.prefixField && message.role === 'assistant' && position === messages.length - 1;
    written.push(isPrefix ? { [writing.rules.prefixField ?? '']: true, ...fields } : fields);
    if (message.role === 'tool') shown.push(...writeShown(message, writing));
  }
  flush(shown, written);
  return writing.rules.alternates ? merged(written, writing) : written;
}

/** Neighbours of one role become one message. */
function merged(messages: readonly JsonObject[], { losses }: Writing): readonly JsonObject[] {
  const turns: JsonObject[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last === undefined || last.role !== message.role) turns.push(message);
    else {
      losses.note('messages', 'changed');
      turns[turns.length - 1] = { ...message, content: [...partsOf(last), ...partsOf(message)] };
    }
  }
  return turns;
}

function partsOf({ content }: JsonObject): readonly unknown[] {
  return Array.isArray(content) ? (content as readonly unknown[]) : [{ type: 'text', text: content }];
}

function writeMessage(message: Message, writing: Writing): JsonObject {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: writeContent(message.content, writing) };
    case 'assistant':
      return writeAnswer(message.content, writing);
    case 'tool':
      return writeToolResult(message, writing);
  }
}

function writeToolResult(message: ToolMessage, writing: Writing): JsonObject {
  const { callId, content, isError, cache } = message;
  if (isError) writing.losses.note('tool_result.is_error', 'dropped');
  const said = { role: 'tool', tool_call_id: toToolId(callId, writing.rules.toolIds) };
  if (writing.rules.toolImages && content.some(({ type }) => type !== 'text')) {
    return { ...said, content: content.map((part) => writePart(part, writing)) };
  }
  const text = textsOf(content)
    .map((part) => part.text)
    .join('\n');
  const mark = markOf(cache ?? textsOf(content).at(-1)?.cache, writing);
  return { ...said, content: Object.keys(mark).length === 0 ? text : [{ type: 'text', text, ...mark }] };
}

/** Results of tools are texts; what else one showed follows in a message of the user's, after the last result. */
function writeShown({ callId, content }: ToolMessage, writing: Writing): readonly JsonObject[] {
  const others = content.filter(({ type }) => type !== 'text');
  if (others.length === 0 || writing.rules.toolImages) return [];
  for (const { type } of others) writing.losses.note(`tool_result.${type}`, 'emulated');
  const lead: UserPart = { type: 'text', text: `Shown by the tool call ${toToolId(callId, writing.rules.toolIds)}:` };
  return [lead, ...others].map((part) => writePart(part, writing));
}

function flush(shown: JsonObject[], written: JsonObject[]): JsonObject[] {
  if (shown.length === 0) return shown;
  written.push({ role: 'user', content: shown });
  return [];
}

/** For a server that knows no schemas: what it shall answer, in words. */
function schemaInWords(
  { responseFormat: format }: Pick<ChatRequest, 'responseFormat'>,
  { rules, losses }: Writing,
): JsonObject[] {
  if (format?.type !== 'json-schema' || rules.schemas !== 'json_object') return [];
  losses.note('response_format', 'emulated');
  return [{ role: 'system', content: `Answer in JSON that follows this schema:\n${JSON.stringify(format.schema)}` }];
}

/** What the dialect kept of messages, by their positions: `messages.name` is `{ 1: 'ann' }`. */
function ownFieldsOfMessages(
  { extensions }: Pick<ChatRequest, 'extensions'>,
  { rules, losses }: Writing,
): ReadonlyMap<number, JsonObject> {
  const own = new Map<number, JsonObject>();
  if (extensions?.dialect !== OPENAI_CHAT) return own;
  for (const [path, values] of Object.entries(extensions.fields)) {
    const name = path.slice(NESTED.length);
    if (!path.startsWith(NESTED) || name.includes('.') || !isJsonObject(values)) continue;
    if (rules.strictMessages && name !== rules.prefixField) {
      losses.note(path, 'dropped');
      continue;
    }
    for (const position in values) {
      own.set(Number(position), { ...own.get(Number(position)), [name]: values[position] });
    }
  }
  return own;
}
