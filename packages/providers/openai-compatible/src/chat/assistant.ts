import type { AssistantPart, AudioPart, JsonObject, ReasoningPart, ToolCallPart } from '@sluice/contract';
import { given, untranslatable } from '@sluice/toolkit';
import { isCustomCall, ownFields, writeAssistant, writeToolCall } from '@sluice/toolkit/openai-wire';
import type { WireToolCall } from '@sluice/toolkit/openai-wire';
import { outerMarkOf } from './parts.js';
import type { Writing } from './parts.js';
import { toToolId } from './tool-ids.js';

/** An earlier answer as the server takes it back. Throws `invalid_value` for what it could not hear or see. */
export function writeAnswer(content: readonly AssistantPart[], writing: Writing): JsonObject {
  const parts = content.flatMap((part) => kept(part, writing));
  const { role, content: text, refusal, images, tool_calls: _ } = writeAssistant(parts);
  const calls = parts.filter((part) => part.type === 'tool-call').map((call) => writeCall(call, writing));
  const audio = parts.find((part) => part.type === 'audio');
  const isSilent = calls.length === 0 && refusal === undefined && !audio && !images;
  return {
    role,
    content: thoughtful(parts, writing) ?? markedText(parts, writing) ?? (isSilent ? (text ?? '') : text),
    ...writeReasoning(parts, writing),
    ...given('refusal', refusal),
    ...given('images', images),
    ...given('audio', audio && { id: ownFields(audio.opaque).id }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** The part as the server may be told it, or nothing. */
function kept(part: AssistantPart, writing: Writing): readonly AssistantPart[] {
  const { rules, losses } = writing;
  switch (part.type) {
    case 'text':
      if (part.citations && part.citations.length > 0) losses.note('messages.annotations', 'dropped');
      return [part];
    case 'refusal':
      return rules.refusals ? [part] : [{ type: 'text', text: part.text }];
    case 'vendor':
      losses.note('messages.vendor_parts', 'dropped');
      return [];
    case 'image':
      if (!rules.ownImages) throw untranslatable('an image that a model made');
      return [part];
    case 'audio':
      return keptSound(part, writing);
    case 'tool-call':
      if (part.cache) losses.note('cache_control', 'dropped');
      return [part];
    case 'reasoning':
      return [part];
  }
}

/** Only its vendor has kept what was heard; others are told what was said. */
function keptSound(part: AudioPart, { rules, losses }: Writing): readonly AssistantPart[] {
  if (rules.sounds && typeof ownFields(part.opaque).id === 'string') return [part];
  if (part.transcript === undefined) throw untranslatable('a sound that a model made');
  losses.note('messages.audio', 'emulated');
  return [{ type: 'text', text: part.transcript }];
}

/** The text in a list of its own, where a part of it is marked for the prompt cache. */
function markedText(parts: readonly AssistantPart[], writing: Writing): readonly JsonObject[] | undefined {
  const texts = parts.filter((part) => part.type === 'text');
  if (!texts.some(({ cache }) => cache)) return undefined;
  const written = texts.map(({ text, cache }) => ({ type: 'text', text, ...outerMarkOf(cache, writing) }));
  return writing.marks === 'cache_control' ? written : undefined;
}

/** Servers want reasoning back where tools were called, and some refuse it anywhere else. */
function isWanted(parts: readonly AssistantPart[], { reasoningHistory: history }: Writing['rules']): boolean {
  return history?.turns === 'all' || (history !== undefined && parts.some(({ type }) => type === 'tool-call'));
}

function writeReasoning(parts: readonly AssistantPart[], { rules, losses }: Writing): JsonObject {
  const { reasoningHistory: history } = rules;
  const reasoning = parts.filter((part) => part.type === 'reasoning');
  if (!history || !isWanted(parts, rules)) {
    if (reasoning.length > 0) losses.note('reasoning_content', 'dropped');
    return {};
  }
  if (history.field === 'thinking') return {};
  const { reasoning_content: text, reasoning_details: details } = writeAssistant(parts);
  if (history.field === 'reasoning_details') {
    return reasoning.length === 0 ? {} : { reasoning: text, ...given('reasoning_details', details) };
  }
  if (reasoning.some(isSigned)) losses.note('reasoning_details', 'dropped');
  const said = text || history.fill;
  return said === undefined ? {} : { [history.field]: said };
}

/** The content as a list, where reasoning is a part of it. */
function thoughtful(parts: readonly AssistantPart[], { rules }: Writing): readonly JsonObject[] | undefined {
  if (rules.reasoningHistory?.field !== 'thinking' || !isWanted(parts, rules)) return undefined;
  if (!parts.some((part) => part.type === 'reasoning' && part.text !== '')) return undefined;
  return parts.flatMap((part): readonly JsonObject[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }];
    if (part.type !== 'reasoning' || part.text === '') return [];
    const { signature } = ownFields(part.opaque);
    return [{ type: 'thinking', thinking: [{ type: 'text', text: part.text }], ...given('signature', signature) }];
  });
}

function isSigned({ opaque }: ReasoningPart): boolean {
  return opaque !== undefined;
}

function writeCall(call: ToolCallPart, { rules }: Writing): WireToolCall {
  const { opaque, ...plain } = call;
  const id = toToolId(call.id, rules.toolIds);
  const isForeign = isCustomCall(opaque) && !rules.customTools;
  return writeToolCall({ ...(isForeign ? plain : call), id });
}
