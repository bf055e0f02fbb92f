import type { ChatDialect } from '@sluice/contract';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import { parseChat } from './chat-parse.js';
import { createChunkWriter } from './chat-stream.js';
import { writeChatResult } from './chat-write.js';
import { writeOpenAiError, writeOpenAiStreamError } from './write-error.js';

/** `POST /v1/chat/completions`. */
export const openAiChat: ChatDialect = {
  id: OPENAI_CHAT,
  parse: parseChat,
  writeResult: writeChatResult,
  stream: { open: createChunkWriter },
  writeError: writeOpenAiError,
  writeStreamError: writeOpenAiStreamError,
};
