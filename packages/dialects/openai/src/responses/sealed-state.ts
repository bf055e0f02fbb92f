import { isJsonObject, readSealed, writeSealed } from '@sluice/toolkit';
import type { SealedState } from '@sluice/toolkit';
import { OPENAI_RESPONSES } from '@sluice/toolkit/openai-wire';

/**
 * A vendor's state as `encrypted_content`, the one field of this dialect that clients send back untouched. OpenAI's own
 * goes as it came.
 */
export function sealState({ state, on }: SealedState): string {
  const own = state.kind === OPENAI_RESPONSES && on === undefined ? encryptedOf(state.data) : undefined;
  return own ?? writeSealed({ state, ...(on === undefined ? {} : { on }) });
}

/**
 * For reasoning with which no state came: clients that store nothing send back only what has an `encrypted_content`, and
 * some vendors want the mere text again (npm @ai-sdk/openai 4.0.118, dist/index.js, "Skipping reasoning parts").
 */
export const STATELESS = writeSealed({ state: { kind: 'none', data: null } });

/** The state behind an `encrypted_content`, if any. One that is not ours, or was tampered with, is OpenAI's own affair. */
export function openState(text: string): SealedState | undefined {
  return text === STATELESS ? undefined : (readSealed(text) ?? native(text));
}

function native(text: string): SealedState {
  return { state: { kind: OPENAI_RESPONSES, data: { encrypted_content: text } } };
}

function encryptedOf(data: unknown): string | undefined {
  return isJsonObject(data) && typeof data.encrypted_content === 'string' ? data.encrypted_content : undefined;
}
