import type { Finish, FinishReason, JsonObject, TokenLogprob, ToolCallPart } from '@sluice/contract';
import { isJsonObject, isText, sliceJson, toText } from '@sluice/toolkit';
import { unusable } from '../classify.js';

/** The words of the server's `llm/server.go`. Its `load` and `unload` answer a call without messages. */
const REASONS: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' };

/** The server says `stop` where the model called tools. */
export function toFinish(reason: unknown, calledTools: boolean): Finish {
  if (!isText(reason)) return { unified: calledTools ? 'tool-calls' : 'other' };
  const unified = REASONS[reason] ?? 'other';
  return { unified: calledTools && unified === 'stop' ? 'tool-calls' : unified, raw: reason };
}

/** The tool calls of an answer, or of one line of it; they always come whole. Throws where one has no name. */
export function readToolCalls(json: string, answer: JsonObject): readonly ToolCallPart[] {
  const calls: unknown = isJsonObject(answer.message) ? answer.message.tool_calls : undefined;
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown, position) => {
    const { id, function: called } = isJsonObject(call) ? call : {};
    if (!isJsonObject(called) || !isText(called.name)) throw unusable('The provider called a tool without a name.');
    return {
      type: 'tool-call',
      id: isText(id) ? id : mintId(answer.created_at, called.index ?? position),
      name: called.name,
      json: readArguments(json, called.arguments, position),
    };
  });
}

/** As the server wrote them. A server that wrote them as text is believed as well. */
function readArguments(json: string, value: unknown, position: number): string {
  if (isText(value)) return value;
  if (!isJsonObject(value)) return '{}';
  return sliceJson(json, ['message', 'tool_calls', position, 'function', 'arguments']) ?? '{}';
}

/**
 * Servers before 0.12.10 name no ids. Made of the answer's own time, in nanoseconds, an id is the same each time the answer
 * is read, and no other answer of the conversation has it.
 */
function mintId(createdAt: unknown, position: unknown): string {
  return `call_${isText(createdAt) ? createdAt.replace(/\D/g, '') : ''}_${String(position)}`;
}

/** npm ollama 0.6.4, `Logprob`. */
export function readLogprobs(logprobs: unknown): readonly TokenLogprob[] | undefined {
  if (!Array.isArray(logprobs) || logprobs.length === 0) return undefined;
  return logprobs.filter(isJsonObject).map((entry) => ({
    ...readToken(entry),
    top: Array.isArray(entry.top_logprobs) ? entry.top_logprobs.filter(isJsonObject).map(readToken) : [],
  }));
}

function readToken({ token, logprob, bytes }: JsonObject): Omit<TokenLogprob, 'top'> {
  return {
    token: toText(token),
    logprob: typeof logprob === 'number' ? logprob : 0,
    ...(Array.isArray(bytes) ? { bytes: bytes.filter((byte) => typeof byte === 'number') } : {}),
  };
}
