import type {
  AssistantPart,
  Citation,
  JsonObject,
  TextPart,
  ToolMessage,
  UserPart,
  VendorState,
} from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import {
  ownCitation,
  ownData,
  ownFields,
  toThinkingBlock,
  toToolInput,
  toToolUseId,
  writeCacheMark,
  writeDocument,
  writeImage,
  writeSearchResult,
} from '@sluice/toolkit/anthropic-wire';

/** A block as the wire has it. */
export type Block = JsonObject;

/** A part of a user's turn or of a tool's result; nothing for blank text. Throws `invalid_value` for what has no form. */
export function writeUserPart(part: UserPart, citable: boolean): readonly Block[] {
  switch (part.type) {
    case 'text':
      return [writeSearchResult(part) ?? writeText(part, citable)].filter(isSaid);
    case 'image':
      return [writeImage(part)];
    case 'file':
      return [writeDocument(part)];
    case 'vendor':
      return [writeOwn(part.state)];
    case 'audio':
      throw untranslatable('a part of type "audio"');
  }
}

/** A part of the assistant's turn as history; nothing for blank text and for reasoning that this vendor did not sign. */
export function writeAssistantPart(part: AssistantPart): readonly Block[] {
  switch (part.type) {
    case 'text':
      return [writeText(part, true)].filter(isSaid);
    case 'refusal':
      return [writeText({ type: 'text', text: part.text }, true)].filter(isSaid);
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: toToolUseId(part.id),
          name: part.name,
          input: toToolInput(part.json),
          ...ownFields(part.opaque),
          ...writeCacheMark(part.cache),
        },
      ];
    case 'reasoning': {
      const block = toThinkingBlock(part);
      return block ? [{ ...block }] : [];
    }
    case 'vendor':
      return [writeOwn(part.state)];
    case 'image':
    case 'audio':
      throw untranslatable(`a part of type "${part.type}" of the assistant's`);
  }
}

/** The result of one tool call. */
export function writeToolResult({ callId, content, isError, cache, opaque }: ToolMessage, citable: boolean): Block {
  return {
    type: 'tool_result',
    tool_use_id: toToolUseId(callId),
    content: content.flatMap((part) => writeUserPart(part, citable)),
    ...(isError ? { is_error: true } : {}),
    ...ownFields(opaque),
    ...writeCacheMark(cache),
  };
}

/** Text of a system prompt. */
export function writeSystemText(part: TextPart): readonly Block[] {
  return [writeText(part, false)].filter(isSaid);
}

/** The citations that go along: only the vendor's own have the form that it takes. */
export function writableCitations(part: TextPart, citable: boolean): readonly Citation[] {
  return citable ? (part.citations ?? []).filter((citation) => ownCitation(citation) !== undefined) : [];
}

function writeText(part: TextPart, citable: boolean): Block {
  const citations = writableCitations(part, citable);
  return {
    type: 'text',
    text: part.text,
    ...(citations.length === 0 ? {} : { citations: citations.map(ownCitation) }),
    ...ownFields(part.opaque),
    ...writeCacheMark(part.cache),
  };
}

/** The vendor refuses text of blanks alone. */
function isSaid({ text }: Block): boolean {
  return typeof text !== 'string' || /\S/.test(text);
}

function writeOwn(state: VendorState): Block {
  const block = ownData(state);
  if (block) return block;
  throw untranslatable(`a part that only "${state.kind.slice(0, 64)}" understands`);
}
