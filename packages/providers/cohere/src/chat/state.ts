import type { Citation, JsonObject, ReasoningPart, VendorState } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** The vendor's own chat API, also the kind of the state that its answers carry. */
const COHERE_CHAT = 'cohere-chat';

/**
 * Where a piece of reasoning stood. A tool plan is reasoning too: the model's reflection on which tools to call, and why,
 * written before it does, and nothing that it says to the user.
 */
export type ReasoningField = 'thinking' | 'tool_plan';

const STATES: Readonly<Record<ReasoningField, VendorState>> = {
  thinking: { kind: COHERE_CHAT, data: { field: 'thinking' } },
  tool_plan: { kind: COHERE_CHAT, data: { field: 'tool_plan' } },
};

export function reasoningState(field: ReasoningField): VendorState {
  return STATES[field];
}

/** Where this vendor had the reasoning; nothing for another vendor's. */
export function fieldOf({ opaque }: ReasoningPart): ReasoningField | undefined {
  if (opaque?.kind !== COHERE_CHAT || !isJsonObject(opaque.data)) return undefined;
  return opaque.data.field === 'tool_plan' ? 'tool_plan' : 'thinking';
}

export function citationState(wire: JsonObject): VendorState {
  return { kind: COHERE_CHAT, data: wire };
}

/** The citation as the vendor made it; nothing for another vendor's. */
export function toWireCitation({ opaque }: Citation): JsonObject | undefined {
  return opaque?.kind === COHERE_CHAT && isJsonObject(opaque.data) ? opaque.data : undefined;
}
