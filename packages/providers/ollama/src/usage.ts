import type { JsonObject, Usage } from '@sluice/contract';
import { isCount } from '@sluice/toolkit';

/**
 * The counts of an answer. Older servers leave the prompt's count out where all of it was cached: then there is none, since
 * a prompt of no tokens would be a lie. https://docs.ollama.com/api/usage
 */
export function readUsage({ prompt_eval_count: prompt, eval_count: output }: JsonObject): Usage | undefined {
  if (!isCount(prompt)) return undefined;
  return { inputTokens: prompt, outputTokens: isCount(output) ? output : 0 };
}
