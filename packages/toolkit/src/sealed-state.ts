import type { VendorState } from '@sluice/contract';
import { isJsonObject, tryParseExact } from './json.js';

/** Tells states that the gateway wrapped from what a vendor itself signed or encrypted. */
const SEAL = 'sluice1.';

/** A vendor's state, and the part it belongs to where that is no reasoning. */
export interface SealedState {
  readonly state: VendorState;
  /** A call by its id, the text before it, or a part of its own. */
  readonly on?: { readonly call: string } | 'text' | 'part';
}

/** A vendor's state as a text for a field that clients of another dialect send back untouched. */
export function writeSealed({ state, on }: SealedState): string {
  return SEAL + Buffer.from(JSON.stringify({ ...state, on })).toString('base64url');
}

/** The state in such a text; nothing for a text that is not ours, or was tampered with. */
export function readSealed(text: string): SealedState | undefined {
  if (!text.startsWith(SEAL)) return undefined;
  const held = tryParseExact(Buffer.from(text.slice(SEAL.length), 'base64url').toString('utf8'));
  if (!isJsonObject(held) || typeof held.kind !== 'string') return undefined;
  const { kind, data, on } = held;
  const place = on === 'text' || on === 'part' ? on : readCall(on);
  return { state: { kind, data }, ...(place === undefined ? {} : { on: place }) };
}

/** Whether a text begins as such a text does; no vendor understands it. */
export function isSealed(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith(SEAL);
}

function readCall(on: unknown): { readonly call: string } | undefined {
  return isJsonObject(on) && typeof on.call === 'string' ? { call: on.call } : undefined;
}
