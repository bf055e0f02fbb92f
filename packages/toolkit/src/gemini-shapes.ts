import type { JsonObject, VendorState } from '@sluice/contract';
import { isJsonObject } from './json.js';

/** Ids of the dialects of Google's model API. The first is also the kind of the state that its parts carry. */
export const GEMINI_GENERATE = 'gemini-generate';
export const GEMINI_EMBED = 'gemini-embed';
export const GEMINI_EMBED_BATCH = 'gemini-embed-batch';
export const GEMINI_COUNT = 'gemini-count';

export function geminiState(data: unknown): VendorState {
  return { kind: GEMINI_GENERATE, data };
}

/** The fields that a state of this wire holds; nothing for one of another vendor. */
export function geminiFields(state: VendorState | undefined): JsonObject | undefined {
  return state?.kind === GEMINI_GENERATE && isJsonObject(state.data) ? state.data : undefined;
}

/**
 * What an object of the wire says beside the fields that have a canonical place, such as the `thoughtSignature` of a
 * part: as state that is laid over the object when it is written again. Nothing where it says no more.
 */
export function stateBeside(wire: JsonObject, known: ReadonlySet<string>): { readonly opaque?: VendorState } {
  let rest: Record<string, unknown> | undefined;
  for (const name in wire) if (!known.has(name)) (rest ??= {})[name] = wire[name];
  return rest ? { opaque: geminiState(rest) } : {};
}
