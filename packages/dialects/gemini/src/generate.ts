import type { ChatDialect } from '@sluice/contract';
import { GEMINI_GENERATE } from '@sluice/toolkit/gemini-wire';
import { parseGenerate, parseStreamGenerate } from './parse.js';
import { writeGeminiError, writeGeminiStreamError } from './write-error.js';
import { writeGenerateResult } from './write-result.js';
import { createGenerateWriter } from './write-stream.js';

/** `POST /v1beta/models/{model}:generateContent`. */
export const geminiGenerate: ChatDialect = {
  id: GEMINI_GENERATE,
  parse: parseGenerate,
  writeResult: writeGenerateResult,
  writeError: writeGeminiError,
  writeStreamError: writeGeminiStreamError,
};

/** `POST /v1beta/models/{model}:streamGenerateContent`. */
export const geminiStreamGenerate: ChatDialect = {
  ...geminiGenerate,
  parse: parseStreamGenerate,
  stream: { open: createGenerateWriter },
};
