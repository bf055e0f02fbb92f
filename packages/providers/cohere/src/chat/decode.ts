import type { AssistantPart, ChatResult, Citation, JsonObject } from '@sluice/contract';
import { asObjects, isJsonObject, parseUpstreamJson, toText } from '@sluice/toolkit';
import { readCohereUsage } from '@sluice/toolkit/cohere-wire';
import { notA, unusable } from '../classify.js';
import { failureOf, readLogprob, toArguments, toFinish } from './answer.js';
import { createRuler, isOfText, readCitations } from './citations.js';
import { reasoningState } from './state.js';

/** A plain answer. It does not say which model gave it. */
export function decodeChat(bytes: Uint8Array): ChatResult {
  const answer = parseUpstreamJson(bytes);
  const { message, finish_reason: reason } = answer;
  if (!isJsonObject(message) || typeof reason !== 'string') throw notA('chat', answer);
  const failure = failureOf(answer);
  if (failure) throw failure;
  const usage = readCohereUsage(answer.usage);
  const logprobs = asObjects(answer.logprobs).flatMap(readLogprob);
  return {
    id: toText(answer.id),
    model: '',
    content: readParts(message),
    finish: toFinish(reason),
    ...(usage ? { usage } : {}),
    ...(logprobs.length > 0 ? { logprobs } : {}),
  };
}

function readParts(message: JsonObject): readonly AssistantPart[] {
  const plan = toText(message.tool_plan);
  const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
  const citations = asObjects(message.citations).filter(isOfText);
  return [
    ...(plan === '' ? [] : [{ type: 'reasoning', text: plan, opaque: reasoningState('tool_plan') } as const]),
    ...readBlocks(asObjects(blocks), citations),
    ...asObjects(message.tool_calls).map(readCall),
  ];
}

function readBlocks(blocks: readonly JsonObject[], citations: readonly JsonObject[]): readonly AssistantPart[] {
  const firstText = blocks.findIndex(({ type }) => type === 'text');
  return blocks.flatMap((block, index): readonly AssistantPart[] => {
    const thinking = toText(block.thinking);
    if (thinking !== '') return [{ type: 'reasoning', text: thinking, opaque: reasoningState('thinking') }];
    const text = toText(block.text);
    if (text === '') return [];
    const own = citations.filter(({ content_index: place = firstText }) => place === index);
    const cited = readAll(own, text);
    return [{ type: 'text', text, ...(cited.length > 0 ? { citations: cited } : {}) }];
  });
}

function readAll(citations: readonly JsonObject[], text: string): readonly Citation[] {
  if (citations.length === 0) return [];
  const ruler = createRuler();
  ruler.add(text);
  return citations.flatMap((citation) => readCitations(citation, ruler));
}

function readCall({ id, function: called }: JsonObject): AssistantPart {
  if (!isJsonObject(called) || toText(called.name) === '') throw unusable('The provider called a tool without a name.');
  return { type: 'tool-call', id: toText(id), name: toText(called.name), json: toArguments(called.arguments) };
}
