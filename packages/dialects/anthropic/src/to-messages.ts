import { gatewayError } from '@sluice/contract';
import type {
  AssistantPart,
  GatewayError,
  Message,
  TextPart,
  ToolMessage,
  UserPart,
  VendorState,
} from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import {
  BLOCK_FIELDS,
  ownData,
  ownFields,
  ownState,
  readCommon,
  toAssistantPart,
  toDocument,
  toImage,
  toSearchResult,
  toText,
} from '@sluice/toolkit/anthropic-wire';
import type { Extras } from './extras.js';
import { readTurn } from './foreign-state.js';
import type { WireBlock, WireContent, WireMessage } from './wire-types.js';

/** Throws `invalid_value` for a block of the system's that is no text. */
export function toMessages(messages: readonly WireMessage[], extras: Extras): readonly Message[] {
  return messages.flatMap((message, i) => toOwnMessages(message, { path: `messages.${i}.content`, extras }));
}

/** Where the blocks stand, for the error that names one, and who notes what others lose of them. */
interface Place {
  readonly path: string;
  readonly extras: Extras;
}

function toOwnMessages({ role, content }: WireMessage, place: Place): readonly Message[] {
  switch (role) {
    case 'system':
      return [{ role, content: toTexts(content, place) }];
    case 'assistant':
      return [{ role, content: readTurn(toBlocks(content), (block) => noted(toAssistantPart(block), place)) }];
    case 'user':
      return toUserMessages(toBlocks(content), place);
  }
}

/** Text and nothing else, as in system prompts. */
export function toTexts(content: WireContent, place: Place): readonly TextPart[] {
  return toBlocks(content).map((block, i) => {
    if (block.type !== 'text') throw untranslatable(block, `${place.path}.${i}`);
    return noted(toText(block), place);
  });
}

/** A turn of the user falls apart into the results of tools and what the user says between and after them. */
function toUserMessages(blocks: readonly WireBlock[], place: Place): readonly Message[] {
  const messages: Message[] = [];
  let said: UserPart[] = [];
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: 'user', content: said });
    said = [];
  };
  for (const block of blocks) {
    if (block.type === 'tool_result') {
      flush();
      messages.push(toToolMessage(block, place));
    } else said.push(toUserPart(block, place));
  }
  flush();
  return messages;
}

function toToolMessage(block: WireBlock, place: Place): ToolMessage {
  const common = readCommon(block, { known: BLOCK_FIELDS.tool_result });
  noteFields(common.opaque, place);
  const content = (block.content ?? []) as WireContent;
  return {
    role: 'tool',
    callId: String(block.tool_use_id),
    content: toBlocks(content).map((part) => toUserPart(part, place)),
    ...(block.is_error === true ? { isError: true } : {}),
    ...common,
  };
}

/** What has no canonical form is the vendor's own, and refused by every other. */
function toUserPart(block: WireBlock, place: Place): UserPart {
  switch (block.type) {
    case 'text':
      return noted(toText(block), place);
    case 'image':
      return noted(toImage(block), place);
    case 'document':
      return noted(toDocument(block), place);
    case 'search_result':
      if (block.citations) place.extras.add('messages.content.', { citations: block.citations });
      return toSearchResult(block);
    default:
      return { type: 'vendor', state: ownState(block) };
  }
}

function noted<Part extends AssistantPart | UserPart>(part: Part, place: Place): Part {
  if ('opaque' in part) noteFields(part.opaque, place);
  return part;
}

/** What a vendor of another dialect loses of a block. A source of blocks is none of it: others read their text. */
function noteFields(opaque: VendorState | undefined, { extras }: Place): void {
  const { source } = ownData(opaque) ?? {};
  const lost = isJsonObject(source) && source.type !== 'content' ? { source } : {};
  extras.add('messages.content.', { ...ownFields(opaque), ...lost });
}

function toBlocks(content: WireContent): readonly WireBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function untranslatable({ type }: WireBlock, path: string): GatewayError {
  const param = `${path}.type`;
  const message = `${param}: "${type.slice(0, 64)}" cannot be translated for the provider of this model.`;
  return gatewayError('invalid_value', { message, details: { param } });
}
