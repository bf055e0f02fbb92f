import type { ChatResult, Target } from '@sluice/contract';
import { decodeChat as decodeOpenAi } from '@sluice/provider-openai-compatible/internal';

/**
 * The vendor's plain answer: OpenAI's, whose `model` not every version of the API has beside `model_id`. Throws
 * `upstream_invalid_response` or `upstream_truncated`.
 */
export function decodeChat(body: Uint8Array, { model }: Pick<Target, 'model'>): ChatResult {
  const result = decodeOpenAi(body);
  return result.model === '' ? { ...result, model } : result;
}
