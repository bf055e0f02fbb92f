import type { RawApi } from '@sluice/contract';
import { createRecogniser } from '@sluice/toolkit';
import type { RawEndpoint } from '@sluice/toolkit';
import {
  OPENAI_CHAT,
  OPENAI_COMPLETIONS,
  OPENAI_EMBEDDINGS,
  OPENAI_IMAGES,
  OPENAI_MODERATIONS,
  OPENAI_RESPONSES,
  OPENAI_SPEECH,
  OPENAI_TRANSCRIPTIONS,
} from '@sluice/toolkit/openai-wire';
import type { HeaderWriter } from './headers.js';

/** Paths as most servers have them, and as Azure does: below `v1`, or below a deployment. */
const at = (path: string): RegExp => new RegExp(`^(?:v1/|deployments/(?<model>[^/]+)/)?${path}$`);

/** Source: npm openai 7.57.0, `resources/*.mjs`. */
const ENDPOINTS: readonly RawEndpoint[] = [
  { path: at('chat/completions'), operation: 'chat', dialect: OPENAI_CHAT },
  { path: at('responses'), operation: 'chat', dialect: OPENAI_RESPONSES },
  { path: at('completions'), operation: 'chat', dialect: OPENAI_COMPLETIONS },
  { path: at('embeddings'), operation: 'embed', dialect: OPENAI_EMBEDDINGS },
  { path: at('images/generations'), operation: 'image', dialect: OPENAI_IMAGES },
  { path: at('audio/speech'), operation: 'speech', dialect: OPENAI_SPEECH },
  { path: at('audio/transcriptions'), operation: 'transcription', dialect: OPENAI_TRANSCRIPTIONS },
  { path: at('moderations'), operation: 'moderation', dialect: OPENAI_MODERATIONS },
];

/** OpenAI's and Azure's own, but for those that name the account. */
const ANSWER_HEADERS = ['openai-processing-ms', 'openai-version', 'openai-model', 'apim-request-id', 'x-ms-region'];

const recognise = createRecogniser(ENDPOINTS);

/** The API for callers who speak it themselves. */
export function createRawApi(headers: HeaderWriter): RawApi {
  return { headersFor: (caller) => headers.forCall({ headers: caller }), answerHeaders: ANSWER_HEADERS, recognise };
}
