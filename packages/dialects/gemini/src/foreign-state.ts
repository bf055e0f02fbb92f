import type { AssistantPart, JsonObject, VendorState } from '@sluice/contract';
import { isJsonObject, tryParseExact } from '@sluice/toolkit';
import { GEMINI_GENERATE } from '@sluice/toolkit/gemini-wire';

/** Tells states that the gateway wrapped from Google's own signatures. */
const SEAL = 'sluice1.';

/**
 * Another vendor's state as a `thoughtSignature`, which clients of this wire send back on the part that it came with.
 * The field is bytes in base64; what is in there is nobody's affair but the sender's.
 */
export function writeForeignState({ kind, data }: VendorState): string {
  return Buffer.from(SEAL + JSON.stringify({ kind, data })).toString('base64');
}

/** The state behind a `thoughtSignature` of ours; nothing for one of Google's. */
export function readForeignState(signature: unknown): VendorState | undefined {
  if (typeof signature !== 'string') return undefined;
  const text = Buffer.from(signature, 'base64').toString('utf8');
  const held = text.startsWith(SEAL) ? tryParseExact(text.slice(SEAL.length)) : undefined;
  return isJsonObject(held) && typeof held.kind === 'string' ? { kind: held.kind, data: held.data } : undefined;
}

/** The fields that go beside a part for another vendor's state; none for Google's, which the part's own form has. */
export function foreignFields(part: AssistantPart): JsonObject {
  const state = part.type === 'vendor' ? part.state : 'opaque' in part ? part.opaque : undefined;
  return state && state.kind !== GEMINI_GENERATE ? { thoughtSignature: writeForeignState(state) } : {};
}
