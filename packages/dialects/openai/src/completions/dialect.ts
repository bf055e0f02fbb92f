import type { ChatDialect } from '@sluice/contract';
import { OPENAI_COMPLETIONS } from '@sluice/toolkit/openai-wire';
import { writeOpenAiError, writeOpenAiStreamError } from '../write-error.js';
import { parseCompletions } from './parse.js';
import { createCompletionWriter, writeCompletion } from './write.js';

/** `POST /v1/completions`, for models that go on with a text; others are asked in a chat. */
export const openAiCompletions: ChatDialect = {
  id: OPENAI_COMPLETIONS,
  parse: parseCompletions,
  writeResult: writeCompletion,
  stream: { open: createCompletionWriter },
  writeError: writeOpenAiError,
  writeStreamError: writeOpenAiStreamError,
};
