import type { AssistantPart, ChatResult, Finish, JsonObject, ToolCallPart } from '@sluice/contract';
import {
  ownData,
  ownFields,
  toStopReason,
  toToolInput,
  toToolUseId,
  toWireUsage,
  writeCitation,
  writeImage,
} from '@sluice/toolkit/anthropic-wire';
import { toSignedBlock, toStateBlock } from './foreign-state.js';

/** A whole answer as the body of `POST /v1/messages`. */
export function writeResult({ id, model, content, finish, usage, serviceTier }: ChatResult): string {
  const { usage: own, ...rest } = toEnding(finish);
  return JSON.stringify({
    ...toEnvelope(id, model),
    content: content.flatMap(toBlock),
    ...toStop(finish, refusalOf(content)),
    ...rest,
    usage: toWireUsage(usage, { serviceTier, own }),
  });
}

/** What every message has; null for what the types of the vendor's SDK have at all times. */
export function toEnvelope(id: string, model: string): JsonObject {
  return { id, type: 'message', role: 'assistant', model, container: null, diagnostics: null };
}

/** Why the message ended. */
export function toStop(finish: Finish, refusal: string | undefined): JsonObject {
  const refused = refusal !== undefined;
  return {
    stop_reason: refused ? 'refusal' : toStopReason(finish),
    stop_sequence: null,
    stop_details: refused ? { type: 'refusal', category: null, explanation: refusal } : null,
  };
}

/** What the vendor itself said of the message, where it is one of this dialect; `usage` apart. */
export function toEnding({ opaque }: Finish): JsonObject & { readonly usage?: JsonObject } {
  const { stop_reason: _, ...rest } = ownData(opaque) ?? {};
  return rest;
}

function refusalOf(content: readonly AssistantPart[]): string | undefined {
  const refusals = content.flatMap((part) => (part.type === 'refusal' ? [part.text] : []));
  return refusals.length === 0 ? undefined : refusals.join('');
}

/**
 * A part as a block, and another vendor's state of it as one more. Sound has no block, so its transcript stands for it, or
 * a word that there was some; another vendor's own part is a state without a part.
 */
export function toBlock(part: AssistantPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text': {
      const citations = part.citations?.map(writeCitation) ?? null;
      return [
        { type: 'text', text: part.text, citations, ...ownFields(part.opaque) },
        ...stateOf(part.opaque, 'before'),
      ];
    }
    case 'refusal':
      return [{ type: 'text', text: part.text, citations: null }];
    case 'tool-call':
      return [{ ...toToolUse(part), input: toToolInput(part.json) }, ...stateOf(part.opaque, { call: part.id })];
    case 'reasoning':
      return [{ ...(toSignedBlock(part) ?? { type: 'thinking', thinking: part.text, signature: '' }) }];
    case 'image':
      if (part.source.kind === 'stored' && !ownData(part.source.state)) return stateOf(part.source.state, 'part');
      return [writeImage(part), ...stateOf(part.opaque, 'before')];
    case 'audio':
      return [{ type: 'text', text: part.transcript ?? `[sound: ${part.format}]`, citations: null }];
    case 'vendor': {
      const own = ownData(part.state);
      return own ? [own] : stateOf(part.state, 'part');
    }
  }
}

function stateOf(...held: Parameters<typeof toStateBlock>): readonly JsonObject[] {
  const block = toStateBlock(...held);
  return block ? [block] : [];
}

/** The call of a tool without its input. */
export function toToolUse({ id, name, opaque }: Pick<ToolCallPart, 'id' | 'name' | 'opaque'>): JsonObject {
  return { type: 'tool_use', id: toToolUseId(id), name, caller: { type: 'direct' }, ...ownFields(opaque) };
}
