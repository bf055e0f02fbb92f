import type { AssistantPart, ChatResult, Finish, JsonObject, ToolCallPart } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { readChatAnswer, readUsage, toFinish } from '@sluice/toolkit/openai-wire';

/** A plain answer. Throws `upstream_truncated` or `upstream_invalid_response`, or the error that the answer holds. */
export function decodeChat(bytes: Uint8Array): ChatResult {
  const { body, choice, message } = readChatAnswer(bytes);
  const content = readParts(message);
  const usage = readUsage(body.usage);
  return {
    id: toText(body.id),
    model: toText(body.model),
    content,
    finish: readFinish(
      choice.finish_reason,
      content.some(({ type }) => type === 'tool-call'),
    ),
    ...(usage ? { usage } : {}),
  };
}

/** Some servers say `stop` where the model called a tool; a client that believed them would not run it. */
export function readFinish(raw: unknown, calledTools: boolean): Finish {
  const finish: Finish = typeof raw === 'string' ? toFinish(raw) : { unified: 'other' };
  return calledTools && finish.unified === 'stop' ? { ...finish, unified: 'tool-calls' } : finish;
}

/** Reasoning goes by two names. */
export function readReasoning({ reasoning_content: named, reasoning }: JsonObject): string {
  return toText(named) || toText(reasoning);
}

function readParts(message: JsonObject): readonly AssistantPart[] {
  const reasoning = readReasoning(message);
  const text = readContent(message.content);
  const refusal = toText(message.refusal);
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as readonly unknown[]) : [];
  return [
    ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...(refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...calls.flatMap(readToolCall),
  ];
}

function readContent(content: unknown): string {
  if (!Array.isArray(content)) return toText(content);
  return content.map((part: unknown) => (isJsonObject(part) ? toText(part.text) : '')).join('');
}

function readToolCall(call: unknown, position: number): readonly ToolCallPart[] {
  if (!isJsonObject(call) || !isJsonObject(call.function)) return [];
  const { name, arguments: json } = call.function;
  // Older servers number their calls by position only.
  return [
    { type: 'tool-call', id: toText(call.id) || `call_${position}`, name: toText(name), json: toText(json) || '{}' },
  ];
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
