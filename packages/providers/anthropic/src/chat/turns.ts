import type { AssistantPart, ImagePart, Message, UserPart } from '@sluice/contract';
import { untranslatable } from '@sluice/toolkit';
import { toThinkingBlock, toToolInput, toToolUseId } from '@sluice/toolkit/anthropic-wire';
import type { AssistantBlock, ImageBlock, TextBlock, UserBlock } from '@sluice/toolkit/anthropic-wire';
import { adjusted } from './plan.js';
import type { Plan } from './plan.js';

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: (UserBlock | AssistantBlock)[];
}

/**
 * The conversation in this wire's terms: system text in its own field, roles that alternate, results of tools first in
 * their turn. Blocks of blank text are left out, because the vendor refuses them.
 */
export function planTurns(messages: readonly Message[]): Plan {
  const system = messages.flatMap((message) => (message.role === 'system' ? message.content.flatMap(toTextBlock) : []));
  const turns: Turn[] = [];
  for (const message of messages) append(turns, message);
  return {
    fields: { ...(system.length === 0 ? {} : { system }), messages: turns.map(resultsFirst) },
    adjustments: [
      ...(isSystemMoved(messages) ? adjusted('messages', 'changed') : []),
      ...(messages.some(losesReasoning) ? adjusted('reasoning_content', 'dropped') : []),
      ...(messages.some(hasDetail) ? adjusted('image_url.detail', 'dropped') : []),
    ],
  };
}

function append(turns: Turn[], message: Message): void {
  const role = message.role === 'assistant' ? 'assistant' : 'user';
  const blocks = toBlocks(message);
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
}

function toBlocks(message: Message): readonly (UserBlock | AssistantBlock)[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return message.content.flatMap(toUserBlock);
    case 'assistant':
      return message.content.flatMap(toAssistantBlock);
    case 'tool': {
      const content = message.content.flatMap(toUserBlock);
      const failed = message.isError ? ({ is_error: true } as const) : {};
      return [{ type: 'tool_result', tool_use_id: toToolUseId(message.callId), content, ...failed }];
    }
  }
}

function toUserBlock(part: UserPart): readonly (TextBlock | ImageBlock)[] {
  if (part.type === 'text') return toTextBlock(part);
  if (part.type === 'image') return [toImageBlock(part)];
  throw untranslatable(`a part of type "${part.type}"`);
}

function toTextBlock({ text }: { readonly text: string }): readonly TextBlock[] {
  return /\S/.test(text) ? [{ type: 'text', text }] : [];
}

function toImageBlock({ source }: ImagePart): ImageBlock {
  if (source.kind === 'stored') throw untranslatable('an image by the id of a file');
  if (source.kind === 'base64') return toInlineImage(source.mediaType, source.base64);
  const comma = source.url.startsWith('data:') ? source.url.indexOf(',') : -1;
  if (comma < 0) return { type: 'image', source: { type: 'url', url: source.url } };
  const [mediaType = ''] = source.url.slice('data:'.length, comma).split(';');
  return toInlineImage(mediaType, source.url.slice(comma + 1));
}

function toInlineImage(mediaType: string, base64: string): ImageBlock {
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: base64 } };
}

function toAssistantBlock(part: AssistantPart): readonly AssistantBlock[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return toTextBlock(part);
    case 'tool-call':
      return [{ type: 'tool_use', id: toToolUseId(part.id), name: part.name, input: toToolInput(part.json) }];
    case 'reasoning': {
      const block = toThinkingBlock(part);
      return block ? [block] : [];
    }
    case 'image':
    case 'audio':
    case 'vendor':
      throw untranslatable(`a part of type "${part.type}"`);
  }
}

function resultsFirst(turn: Turn): Turn {
  const isResult = (block: Turn['content'][number]): boolean => block.type === 'tool_result';
  const firstOther = turn.content.findIndex((block) => !isResult(block));
  if (firstOther < 0 || !turn.content.slice(firstOther).some(isResult)) return turn;
  const others = turn.content.filter((block) => !isResult(block));
  return { role: turn.role, content: [...turn.content.filter(isResult), ...others] };
}

/** Instructions that came in the middle of the conversation stand in front of it afterwards. */
function isSystemMoved(messages: readonly Message[]): boolean {
  const firstTurn = messages.findIndex((message) => message.role !== 'system');
  return firstTurn >= 0 && messages.slice(firstTurn).some((message) => message.role === 'system');
}

function losesReasoning(message: Message): boolean {
  if (message.role !== 'assistant') return false;
  return message.content.some((part) => part.type === 'reasoning' && toThinkingBlock(part) === undefined);
}

function hasDetail({ role, content }: Message): boolean {
  if (role !== 'user' && role !== 'tool') return false;
  return content.some((part) => part.type === 'image' && (part.detail ?? 'auto') !== 'auto');
}
