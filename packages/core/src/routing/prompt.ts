import type { ChatRequest } from '@sluice/contract';
import { estimatePrompt, estimateTokens } from '../estimate.js';
import { hashText } from './hash.js';
import type { RouteQuestion } from './question.js';

/** Tokens of what is asked, estimated: of a chat by its parts, of anything else by its bytes. */
export function promptTokens({ operation, parsed, bodyBytes }: RouteQuestion): number {
  if (operation !== 'chat' && operation !== 'countTokens') return estimateTokens(bodyBytes);
  return estimatePrompt(parsed.toRequest() as ChatRequest);
}

/** Of each text this much tells conversations apart. */
const MAX_HASHED_CHARS = 8_192;

/**
 * What the turns of a conversation have in common: the caller's own key for the prompt's cache, else a hash of its
 * instructions and of what the user said first. Nothing where no conversation is asked for.
 */
export function conversationKey({ operation, parsed }: RouteQuestion): ConversationKey | undefined {
  if (operation !== 'chat') return undefined;
  const { messages, promptCacheKey } = parsed.toRequest() as ChatRequest;
  if (promptCacheKey !== undefined) return { hash: hashText(promptCacheKey), by: "the prompt's cache key" };
  let hash = hashText('');
  for (const { role, content } of messages) {
    for (const part of content) if ('text' in part) hash = hashText(part.text.slice(0, MAX_HASHED_CHARS), hash);
    if (role !== 'system') break;
  }
  return { hash, by: "the prompt's beginning" };
}

export interface ConversationKey {
  readonly hash: number;
  /** What it was taken from. */
  readonly by: string;
}
