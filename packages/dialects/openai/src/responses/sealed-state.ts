import type { VendorState } from '@sluice/contract';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import { OPENAI_RESPONSES } from '@sluice/toolkit/openai-wire';

/** Tells states that the gateway wrapped from what OpenAI itself encrypts. */
const SEAL = 'sluice1.';

/** What an `encrypted_content` of ours holds: a vendor's state, and the part it belongs to where that is no reasoning. */
export interface Sealed {
  readonly state: VendorState;
  /** A call by its `call_id`, the text before it, or a part of its own. */
  readonly on?: { readonly call: string } | 'text' | 'part';
}

/**
 * A vendor's state as `encrypted_content`, the one field of this dialect that clients send back untouched. OpenAI's own
 * goes as it came.
 */
export function sealState({ state, on }: Sealed): string {
  const own = state.kind === OPENAI_RESPONSES && on === undefined ? encryptedOf(state.data) : undefined;
  return own ?? SEAL + Buffer.from(JSON.stringify({ ...state, on })).toString('base64url');
}

/** The state behind an `encrypted_content`. One that is not ours, or was tampered with, is OpenAI's own affair. */
export function openState(text: string): Sealed {
  if (!text.startsWith(SEAL)) return native(text);
  const held = tryParseJson(Buffer.from(text.slice(SEAL.length), 'base64url').toString('utf8'));
  if (!isJsonObject(held) || typeof held.kind !== 'string') return native(text);
  const { kind, data, on } = held;
  const place = on === 'text' || on === 'part' ? on : readCall(on);
  return { state: { kind, data }, ...(place === undefined ? {} : { on: place }) };
}

function native(text: string): Sealed {
  return { state: { kind: OPENAI_RESPONSES, data: { encrypted_content: text } } };
}

function readCall(on: unknown): { readonly call: string } | undefined {
  return isJsonObject(on) && typeof on.call === 'string' ? { call: on.call } : undefined;
}

function encryptedOf(data: unknown): string | undefined {
  return isJsonObject(data) && typeof data.encrypted_content === 'string' ? data.encrypted_content : undefined;
}
