import type { JsonObject } from '../../question.js';
import type { Persona } from '../../personas.js';
import type { TokenCount } from '../../tokens.js';

/** Cached and written tokens are part of the prompt's, reasoning is part of the completion's. */
export function writeUsage({ input, output, reasoning, cached, written5m }: TokenCount, persona: Persona): JsonObject {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cached,
      audio_tokens: 0,
      ...(persona.billsCacheWrites && { cache_write_tokens: written5m }),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
