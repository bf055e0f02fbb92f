import type {
  AssistantPart,
  CacheMark,
  JsonObject,
  ReasoningPart,
  TextPart,
  ToolMessage,
  UserPart,
} from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import { toThinkingBlock, toToolInput } from '@sluice/toolkit/anthropic-wire';
import { toAudioBlock, toDocumentBlock, toImageBlock } from './media.js';
import type { DocumentNames } from './media.js';
import type { ModelTraits } from './traits.js';
import { CONVERSE } from './wire.js';

/** One block of content, and whether the prompt cache is to keep what ends with it. */
export interface Entry {
  readonly block: JsonObject;
  readonly cache?: CacheMark | undefined;
}
export interface Writing {
  readonly traits: ModelTraits;
  readonly names: DocumentNames;
}

const NONE: readonly Entry[] = [];

/** A part of a user's message; nothing for blank text, which the vendor refuses. */
export function toUserEntries(part: UserPart, { names }: Writing): readonly Entry[] {
  switch (part.type) {
    case 'text':
      return toTextEntries(part);
    case 'image':
      return [{ block: toImageBlock(part), cache: part.cache }];
    case 'file':
      return [{ block: toDocumentBlock(part, names(part.filename)), cache: part.cache }];
    case 'audio':
      return [{ block: toAudioBlock(part) }];
    case 'vendor':
      return [{ block: toVendorBlock(part) }];
  }
}

export function toTextEntries({ text, cache }: Pick<TextPart, 'text' | 'cache'>): readonly Entry[] {
  return /\S/.test(text) ? [{ block: { text }, cache }] : NONE;
}

/** A part of the model's own earlier message. */
export function toAssistantEntries(part: AssistantPart, { traits }: Writing): readonly Entry[] {
  switch (part.type) {
    case 'text':
      return isCited(part) ? [{ block: toCitationsBlock(part), cache: part.cache }] : toTextEntries(part);
    case 'refusal':
      return toTextEntries(part);
    case 'tool-call': {
      const toolUse = { toolUseId: toToolUseId(part.id, traits), name: part.name, input: toToolInput(part.json) };
      return [{ block: { toolUse }, cache: part.cache }];
    }
    case 'reasoning': {
      const block = toReasoningBlock(part, traits);
      return block ? [{ block }] : NONE;
    }
    case 'vendor':
      return [{ block: toVendorBlock(part) }];
    case 'image':
    case 'audio':
      throw untranslatable(`a part of type "${part.type}" in a message of the assistant`);
  }
}

/** The result of one call. Marks of the prompt cache inside of it go behind it, where the API has a place for them. */
export function toResultEntry({ callId, content, isError, cache }: ToolMessage, writing: Writing): Entry {
  const entries = content.flatMap((part) => toUserEntries(part, writing));
  const toolResult = {
    toolUseId: toToolUseId(callId, writing.traits),
    content: entries.map(({ block }) => block),
    ...(isError ? { status: 'error' } : {}),
  };
  return { block: { toolResult }, cache: cache ?? entries.findLast((entry) => entry.cache)?.cache };
}

/**
 * The block that a reasoning part came from, for a Claude; nothing for a part that no Claude has signed. A signature is
 * good wherever the model is served. https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export function toReasoningBlock(part: ReasoningPart, { claude }: ModelTraits): JsonObject | undefined {
  if (part.opaque?.kind === CONVERSE) return { reasoningContent: part.opaque.data };
  const block = claude && toThinkingBlock(part);
  if (!block) return undefined;
  if (block.type === 'redacted_thinking') {
    return { reasoningContent: { redactedContent: Buffer.from(block.data).toString('base64') } };
  }
  return { reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } };
}

/** The text of an answer of this API, with what it cites, as it came. */
function toCitationsBlock({ text, citations = [] }: TextPart): JsonObject {
  return { citationsContent: { content: [{ text }], citations: citations.map(({ opaque }) => opaque?.data) } };
}

/** Whether a text goes with all that it cites. */
export function isCited({ text, citations = [] }: TextPart): boolean {
  return citations.length > 0 && /\S/.test(text) && citations.every(({ opaque }) => opaque?.kind === CONVERSE);
}

function toVendorBlock({ state }: Extract<UserPart, { readonly type: 'vendor' }>): JsonObject {
  if (state.kind !== CONVERSE) throw untranslatable('a part that only another vendor understands');
  return state.data as JsonObject;
}

const REFUSED_IN_ID = /[^a-zA-Z0-9_.:-]/g;
const MAX_ID_CHARS = 64;
const SHORT_ID_CHARS = 9;

/** An id in the letters and the length that this wire takes: the same for a call and for its result. */
function toToolUseId(id: string, { shortIds }: ModelTraits): string {
  if (shortIds)
    return id
      .replace(/[^a-zA-Z0-9]/g, '')
      .slice(-SHORT_ID_CHARS)
      .padStart(SHORT_ID_CHARS, '0');
  const clean = id === '' ? 'tooluse_0' : id.replace(REFUSED_IN_ID, '_');
  return clean.slice(-MAX_ID_CHARS);
}
