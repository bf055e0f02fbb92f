import type { Adjustment, ChatRequest, Message, UserPart, AssistantPart } from '@sluice/contract';

/** Parameters that a vendor has no field for, each where the caller gave it. */
export function dropped(parameter: string, given: unknown): readonly Adjustment[] {
  return given === undefined ? [] : [{ parameter, action: 'dropped' }];
}

/** A parameter that goes on in another form, or not at all. */
export function adjusted(parameter: string, action: Adjustment['action']): readonly Adjustment[] {
  return [{ parameter, action }];
}

/** A parameter that goes on in another form, where that is so. */
export function changed(parameter: string, isChanged: boolean): readonly Adjustment[] {
  return isChanged ? [{ parameter, action: 'changed' }] : [];
}

/** Fields of a request that a vendor has none for, by the names under which they are reported. */
export function droppedFields(
  request: ChatRequest,
  names: Partial<Readonly<Record<keyof ChatRequest, string>>>,
): readonly Adjustment[] {
  const entries = Object.entries(names) as [keyof ChatRequest, string][];
  return entries.flatMap(([field, name]) => dropped(name, request[field]));
}

/** What hangs on the parts of a conversation beside their content, by the name under which its loss is reported. */
export type Aside = 'cache_control' | 'citations' | 'image_url.detail' | 'reasoning_content' | 'tool_result.is_error';

type Part = UserPart | AssistantPart;

/** The asides that a conversation carries and a vendor has no place for, each named once. */
export function droppedAsides(
  { messages, tools = [] }: Pick<ChatRequest, 'messages' | 'tools'>,
  lost: readonly Aside[],
): readonly Adjustment[] {
  const seen = new Set<Aside>();
  if (tools.some(({ cache }) => cache)) seen.add('cache_control');
  for (const message of messages) noteMessage(message, seen);
  return lost.filter((aside) => seen.has(aside)).map((parameter) => ({ parameter, action: 'dropped' }));
}

function noteMessage(message: Message, seen: Set<Aside>): void {
  if (message.role === 'tool' && message.isError) seen.add('tool_result.is_error');
  if (message.role === 'tool' && message.cache) seen.add('cache_control');
  for (const part of message.content as readonly Part[]) notePart(part, seen);
}

function notePart(part: Part, seen: Set<Aside>): void {
  if ('cache' in part && part.cache) seen.add('cache_control');
  if (part.type === 'reasoning') seen.add('reasoning_content');
  if (part.type === 'text' && part.citations && part.citations.length > 0) seen.add('citations');
  if (part.type === 'image' && part.detail !== undefined && part.detail !== 'auto') seen.add('image_url.detail');
}

/** Whether instructions came in the middle of a conversation: a vendor that has one place for them puts them in front. */
export function isSystemMoved(messages: readonly Message[]): boolean {
  const firstTurn = messages.findIndex(({ role }) => role !== 'system');
  return firstTurn >= 0 && messages.slice(firstTurn).some(({ role }) => role === 'system');
}
