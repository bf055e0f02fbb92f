import type { ChatDialect } from '@sluice/contract';
import { ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import { parseMessagesCall } from './parse.js';
import { writeAnthropicError, writeStreamError } from './write-error.js';
import { writeResult } from './write-result.js';
import { createStreamWriter } from './write-stream.js';

/** `POST /v1/messages` as Anthropic's clients speak it. */
export const anthropicMessages: ChatDialect = {
  id: ANTHROPIC_MESSAGES,
  parse: parseMessagesCall,
  writeResult,
  stream: { open: createStreamWriter },
  writeError: writeAnthropicError,
  writeStreamError,
};
