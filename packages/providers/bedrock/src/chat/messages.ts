import type { Adjustment, CacheMark, ChatRequest, JsonObject, Message } from '@sluice/contract';
import { adjusted, droppedAsides, isSystemMoved } from '@sluice/toolkit';
import {
  isCited,
  toAssistantEntries,
  toReasoningBlock,
  toResultEntry,
  toTextEntries,
  toUserEntries,
} from './blocks.js';
import type { Entry, Writing } from './blocks.js';
import { createDocumentNames } from './media.js';
import type { Plan } from './plan.js';
import type { ModelTraits } from './traits.js';

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly entries: Entry[];
}

/**
 * The conversation in this wire's terms: system text in its own field, roles that alternate, results of tools first in
 * their turn, marks of the prompt cache as blocks of their own. `instruction` is added to the system text.
 */
export function planMessages({ messages }: ChatRequest, traits: ModelTraits, instruction?: string): Plan {
  const writing: Writing = { traits, names: createDocumentNames() };
  const system = messages.flatMap((message) =>
    message.role === 'system' ? message.content.flatMap(toTextEntries) : [],
  );
  if (instruction !== undefined) system.push({ block: { text: instruction } });
  const turns = toTurns(messages, writing);
  const explained = turns.map(withText);
  return {
    body: {
      ...(system.length === 0 ? {} : { system: toBlocks(system, traits) }),
      messages: explained.map(({ role, entries }) => ({ role, content: toBlocks(resultsFirst(entries), traits) })),
    },
    adjustments: [
      ...(isSystemMoved(messages) || explained.some((turn, at) => turn !== turns[at])
        ? adjusted('messages', 'changed')
        : []),
      ...(messages.some((message) => losesReasoning(message, traits)) ? adjusted('reasoning_content', 'dropped') : []),
      ...(messages.some(losesCitations) ? adjusted('citations', 'dropped') : []),
      ...droppedAsides({ messages }, ['image_url.detail']),
      ...cacheAdjustments([...system, ...turns.flatMap(({ entries }) => entries)], traits),
    ],
  };
}

function toTurns(messages: readonly Message[], writing: Writing): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const entries = toEntries(message, writing);
    const last = turns.at(-1);
    if (entries.length === 0) continue;
    if (last?.role === role) last.entries.push(...entries);
    else turns.push({ role, entries: [...entries] });
  }
  return turns;
}

function toEntries(message: Message, writing: Writing): readonly Entry[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return message.content.flatMap((part) => toUserEntries(part, writing));
    case 'assistant':
      return message.content.flatMap((part) => toAssistantEntries(part, writing));
    case 'tool':
      return [toResultEntry(message, writing)];
  }
}

/** A document may not come without words, so its name is said where nothing else is. */
function withText(turn: Turn): Turn {
  const { role, entries } = turn;
  const document = entries.find(({ block }) => block.document !== undefined)?.block.document;
  if (document === undefined || entries.some(({ block }) => block.text !== undefined)) return turn;
  return { role, entries: [{ block: { text: (document as { readonly name: string }).name } }, ...entries] };
}

function resultsFirst(entries: readonly Entry[]): readonly Entry[] {
  const isResult = ({ block }: Entry): boolean => block.toolResult !== undefined;
  return [...entries.filter(isResult), ...entries.filter((entry) => !isResult(entry))];
}

function toBlocks(entries: readonly Entry[], { cache: cached }: ModelTraits): readonly JsonObject[] {
  return entries.flatMap(({ block, cache }) => (cache && cached ? [block, toCachePoint(cache, cached)] : [block]));
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
export function toCachePoint({ ttl }: CacheMark, { hour }: NonNullable<ModelTraits['cache']>): JsonObject {
  return { cachePoint: { type: 'default', ...(ttl !== undefined && hour ? { ttl } : {}) } };
}

/** What becomes of marks that the model's cache does not take as they are. */
export function cacheAdjustments(
  marked: readonly { readonly cache?: CacheMark | undefined }[],
  { cache: cached }: ModelTraits,
): readonly Adjustment[] {
  const marks = marked.flatMap(({ cache }) => cache ?? []);
  if (marks.length === 0) return [];
  if (!cached) return adjusted('cache_control', 'dropped');
  return !cached.hour && marks.some(({ ttl }) => ttl === '1h') ? adjusted('cache_control', 'changed') : [];
}

/** Whether the API asks for tools although none are offered. */
export function hasToolBlocks({ messages }: ChatRequest): boolean {
  return messages.some(
    ({ role, content }) =>
      role === 'tool' || (role === 'assistant' && content.some(({ type }) => type === 'tool-call')),
  );
}

/** Citations that this API did not make. They go with its own alone. */
function losesCitations({ content }: Message): boolean {
  return content.some((part) => part.type === 'text' && (part.citations?.length ?? 0) > 0 && !isCited(part));
}

function losesReasoning(message: Message, traits: ModelTraits): boolean {
  if (message.role !== 'assistant') return false;
  return message.content.some((part) => part.type === 'reasoning' && toReasoningBlock(part, traits) === undefined);
}
