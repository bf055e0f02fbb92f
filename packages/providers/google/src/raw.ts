import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';
import type { RawEndpoint } from '@sluice/toolkit';
import {
  GEMINI_COUNT,
  GEMINI_EMBED,
  GEMINI_EMBED_BATCH,
  GEMINI_GENERATE,
  inspectGenerateList,
} from '@sluice/toolkit/gemini-wire';

/** The methods of a model, which stand below `place`, an expression with the group `model`. https://ai.google.dev/api */
export function geminiEndpoints(place: string): readonly RawEndpoint[] {
  const at = (method: string): RegExp => new RegExp(`^${place}:${method}$`);
  return [
    { path: at('generateContent'), operation: 'chat', dialect: GEMINI_GENERATE },
    {
      path: at('streamGenerateContent'),
      operation: 'chat',
      dialect: GEMINI_GENERATE,
      stream: true,
      inspect: inspectGenerateList,
    },
    { path: at('embedContent'), operation: 'embed', dialect: GEMINI_EMBED },
    { path: at('batchEmbedContents'), operation: 'embed', dialect: GEMINI_EMBED_BATCH },
    { path: at('countTokens'), operation: 'countTokens', dialect: GEMINI_COUNT },
    { path: at('[A-Za-z]+') },
  ];
}

/** The base may name the API's version itself. */
const recognise = createRecogniser(geminiEndpoints('(?:v1(?:alpha|beta)?/)?models/(?<model>[^/:]+)'));

/** The API for callers who speak it themselves. */
export function createRawApi(headers: Readonly<Record<string, string>>): RawApi {
  return { headersFor: () => headers, answerHeaders: [], recognise };
}
