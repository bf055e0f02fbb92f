import type { AssistantPart, ChatResult, Citation, Finish, JsonObject, TextPart } from '@sluice/contract';
import { given, toText } from '@sluice/toolkit';
import {
  readAnnotation,
  readAudio,
  readChatAnswer,
  readImages,
  readLogprobs,
  readReasoning,
  readToolCalls,
  readUsage,
  toFinish,
  withHeldStates,
} from '@sluice/toolkit/openai-wire';
import { readContent } from './content.js';
import { readSources } from './sources.js';

/** A plain answer. Throws `upstream_truncated` or `upstream_invalid_response`, or the error that the answer holds. */
export function decodeChat(bytes: Uint8Array): ChatResult {
  const { body, choice, message } = readChatAnswer(bytes);
  const content = readParts(message, body);
  const usage = readUsage(body.usage);
  return {
    id: toText(body.id),
    model: toText(body.model),
    content,
    finish: readFinish(
      choice.finish_reason,
      content.some(({ type }) => type === 'tool-call'),
    ),
    ...given('usage', usage),
    ...given('logprobs', readLogprobs(choice.logprobs)),
    ...given('serviceTier', toText(body.service_tier) || undefined),
  };
}

/** Some servers say `stop` where the model called a tool; a client that believed them would not run it. */
export function readFinish(raw: unknown, calledTools: boolean): Finish {
  const finish: Finish = typeof raw === 'string' ? toFinish(raw) : { unified: 'other' };
  return calledTools && finish.unified === 'stop' ? { ...finish, unified: 'tool-calls' } : finish;
}

function readParts(message: JsonObject, body: JsonObject): readonly AssistantPart[] {
  const { parts: reasoning, held } = readReasoning(message);
  const refusal = toText(message.refusal);
  return withHeldStates(
    [
      ...reasoning,
      ...withCitations(readContent(message.content), citationsOf(message, body)),
      ...(refusal === '' ? [] : [{ type: 'refusal' as const, text: refusal }]),
      ...readImages(message.images),
      ...readAudio(message.audio),
      ...readToolCalls(message),
    ],
    held,
  );
}

function citationsOf({ annotations }: JsonObject, body: JsonObject): readonly Citation[] {
  const own = Array.isArray(annotations) ? annotations.flatMap((entry: unknown) => readAnnotation(entry) ?? []) : [];
  return own.length > 0 ? own : readSources(body);
}

function withCitations(parts: readonly AssistantPart[], citations: readonly Citation[]): readonly AssistantPart[] {
  const at = citations.length === 0 ? -1 : parts.findIndex(({ type }) => type === 'text');
  if (at < 0) return parts;
  const part = parts[at] as TextPart;
  return parts.with(at, { ...part, citations: [...(part.citations ?? []), ...citations] });
}
