import type { JsonObject, RawCall, Target } from '@sluice/contract';
import { isJsonObject, isSealed } from '@sluice/toolkit';
import { versionOf } from '../headers.js';
import type { ApiVersion } from '../settings.js';
import { toModelFamily } from './model-family.js';
import type { ModelFamily } from './model-family.js';

const SAMPLING = ['temperature', 'top_p', 'top_k'] as const;

/**
 * Whether the vendor answers a call of its own dialect as it came. One that it would refuse, for its version, its model or
 * what another vendor left in its history, goes through the codec, which says what had to give way.
 */
export function takesAsItIs(call: Pick<RawCall, 'wire' | 'headers'>, target: Target, own: ApiVersion): boolean {
  const { wire } = call;
  const family = toModelFamily(target.model);
  const samples = family.sampling && versionOf(call, own) === '2023-06-01';
  if (!samples && SAMPLING.some((name) => wire[name] !== undefined)) return false;
  const { thinking } = wire;
  if (isJsonObject(thinking) && !family.thinkingTypes.has(String(thinking.type))) return false;
  return !Array.isArray(wire.messages) || wire.messages.every((message) => takesMessage(message, family));
}

function takesMessage(message: unknown, { midSystem, signedThinking }: ModelFamily): boolean {
  if (!isJsonObject(message)) return true;
  const { role, content } = message;
  if (role === 'system') return midSystem;
  return role !== 'assistant' || !signedThinking || !Array.isArray(content) || !content.some(isForeign);
}

/** Thinking and citations that another vendor's model wrote came to the client without what the vendor knows them by. */
function isForeign(block: JsonObject): boolean {
  if (block.type === 'redacted_thinking') return isSealed(block.data);
  if (block.type === 'thinking') return block.signature === '' || isSealed(block.signature);
  const { citations } = block;
  return Array.isArray(citations) && citations.some((citation: JsonObject) => citation.encrypted_index === '');
}
