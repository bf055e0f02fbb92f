import { gatewayError } from '@sluice/contract';
import type { AssistantPart, GatewayError, ImagePart, Message, TextPart, UserPart } from '@sluice/contract';
import { redactedState, signatureState } from '@sluice/toolkit/anthropic-wire';
import type { Extras } from './extras.js';
import type { WireBlock, WireImageBlock, WireMessage, WireThought, WireToolResult } from './wire-types.js';

const KNOWN: Readonly<Record<WireBlock['type'], ReadonlySet<string>>> = {
  text: new Set(['type', 'text']),
  image: new Set(['type', 'source']),
  tool_use: new Set(['type', 'id', 'name', 'input', 'caller']),
  tool_result: new Set(['type', 'tool_use_id', 'content', 'is_error']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted_thinking: new Set(['type', 'data']),
};

/** Throws `invalid_value` for a block that a chat request has no place for. */
export function toMessages(messages: readonly WireMessage[], extras: Extras): readonly Message[] {
  return messages.flatMap((message, i) => toOwnMessages(message, { path: `messages.${i}.content`, extras }));
}

/** Where the blocks stand, for the error that names one, and who takes what is left of them. */
interface Place {
  readonly path: string;
  readonly extras: Extras;
}

function toOwnMessages({ role, content }: WireMessage, place: Place): readonly Message[] {
  switch (role) {
    case 'system':
      return [{ role, content: toTexts(content, place) }];
    case 'assistant':
      return [{ role, content: toBlocks(content).map((block, i) => toAssistantPart(block, at(place, i))) }];
    case 'user':
      return toUserMessages(toBlocks(content), place);
  }
}

/** Text and nothing else, as in system prompts. */
export function toTexts(content: string | readonly WireBlock[], place: Place): readonly TextPart[] {
  return toBlocks(content).map((block, i) => {
    const here = at(place, i);
    if (block.type !== 'text') throw untranslatable(block, here);
    return toText(block.text, block, here);
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
  blocks.forEach((block, i) => {
    if (block.type !== 'tool_result') return void said.push(toUserPart(block, at(place, i)));
    flush();
    messages.push(toToolMessage(block, at(place, i)));
  });
  flush();
  return messages;
}

function toToolMessage(block: WireToolResult, place: Place): Message {
  place.extras.take(block, KNOWN.tool_result, 'messages.content.');
  const inner = { ...place, path: `${place.path}.content` };
  const content = toBlocks(block.content ?? []).map((part, i) => toUserPart(part, at(inner, i)));
  return { role: 'tool', callId: block.tool_use_id, content, ...(block.is_error ? { isError: true } : {}) };
}

function toUserPart(block: WireBlock, place: Place): UserPart {
  if (block.type === 'text') return toText(block.text, block, place);
  if (block.type === 'image') return toImage(block, place);
  throw untranslatable(block, place);
}

function toAssistantPart(block: WireBlock, place: Place): AssistantPart {
  const known = Object.hasOwn(KNOWN, block.type) ? KNOWN[block.type] : undefined;
  if (known) place.extras.take(block, known, 'messages.content.');
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'tool_use':
      return { type: 'tool-call', id: block.id, name: block.name, json: JSON.stringify(block.input) };
    case 'thinking':
      return toReasoning(block);
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', opaque: redactedState(block.data) };
    case 'image':
    case 'tool_result':
    default:
      throw untranslatable(block, place);
  }
}

/** Thinking that another vendor's model did came to the client unsigned, and goes on so. */
function toReasoning({ thinking, signature }: WireThought): AssistantPart {
  return { type: 'reasoning', text: thinking, ...(signature === '' ? {} : { opaque: signatureState(signature) }) };
}

function toText(text: string, block: WireBlock, { extras }: Place): TextPart {
  extras.take(block, KNOWN.text, 'messages.content.');
  return { type: 'text', text };
}

function toImage(block: WireImageBlock, place: Place): ImagePart {
  place.extras.take(block, KNOWN.image, 'messages.content.');
  const { source } = block;
  switch (source.type) {
    case 'url':
      return { type: 'image', source: { kind: 'url', url: source.url } };
    case 'base64':
      return { type: 'image', source: { kind: 'base64', mediaType: source.media_type, base64: source.data } };
    case 'file':
    default:
      throw untranslatable(source, { ...place, path: `${place.path}.source` });
  }
}

function toBlocks(content: string | readonly WireBlock[]): readonly WireBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function at({ path, extras }: Place, index: number): Place {
  return { path: `${path}.${index}`, extras };
}

function untranslatable({ type }: { readonly type: string }, { path }: Place): GatewayError {
  const param = `${path}.type`;
  const message = `${param}: "${type.slice(0, 64)}" cannot be translated for the provider of this model.`;
  return gatewayError('invalid_value', { message, details: { param } });
}
