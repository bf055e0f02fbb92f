import type { ChatRequest, JsonDialect, TokenCount } from '@sluice/contract';
import { ANTHROPIC_COUNT_TOKENS } from '@sluice/toolkit/anthropic-wire';
import { parseCountTokensCall } from './parse.js';
import { writeAnthropicError, writeStreamError } from './write-error.js';

/** `POST /v1/messages/count_tokens` as Anthropic's clients speak it. */
export const anthropicCountTokens: JsonDialect<ChatRequest, TokenCount, never> = {
  id: ANTHROPIC_COUNT_TOKENS,
  parse: parseCountTokensCall,
  writeResult: ({ inputTokens }) => JSON.stringify({ input_tokens: inputTokens }),
  writeError: writeAnthropicError,
  writeStreamError,
};
