import { isJsonObject } from '@sluice/toolkit';
import type { JsonObject } from '@sluice/contract';

const MAX_END_USER_CHARS = 256;

/** Whom the caller asks for: `user` and `safety_identifier` of OpenAI's APIs, `metadata.user_id` of Anthropic's. */
export function endUserOf(wire: JsonObject): string | undefined {
  const { user, safety_identifier: safety, metadata } = wire;
  const name = user ?? safety ?? (isJsonObject(metadata) ? metadata['user_id'] : undefined);
  return typeof name === 'string' && name !== '' ? name.slice(0, MAX_END_USER_CHARS) : undefined;
}
