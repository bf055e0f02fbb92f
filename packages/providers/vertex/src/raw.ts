import type { RawApi, RecognisedCall } from '@sluice/contract';
import { geminiEndpoints } from '@sluice/provider-google/internal';
import { createRecogniser } from '@sluice/toolkit';
import type { RawEndpoint } from '@sluice/toolkit';
import { ANTHROPIC_MESSAGES } from '@sluice/toolkit/anthropic-wire';
import { OPENAI_CHAT } from '@sluice/toolkit/openai-wire';
import type { Account } from './account.js';

/** The base may name the API's version itself. */
const LOCATION = '(?:v1(?:beta1)?/)?projects/[^/]+/locations/[^/]+';
const MODEL = `${LOCATION}/publishers/(?<publisher>[^/]+)/models/(?<model>[^/:]+)`;

/** https://docs.cloud.google.com/vertex-ai/docs/reference/rest */
const ENDPOINTS: readonly RawEndpoint[] = [
  { path: new RegExp(`^${MODEL}:predict$`), operation: 'embed' },
  { path: new RegExp(`^${MODEL}:rawPredict$`), operation: 'chat', dialect: ANTHROPIC_MESSAGES },
  { path: new RegExp(`^${MODEL}:streamRawPredict$`), operation: 'chat', dialect: ANTHROPIC_MESSAGES, stream: true },
  ...geminiEndpoints(MODEL),
  { path: new RegExp(`^${LOCATION}/endpoints/openapi/chat/completions$`), operation: 'chat', dialect: OPENAI_CHAT },
];
const PUBLISHER = /\/publishers\/([^/]+)\//;
/** Whose models go by their names alone. */
const UNNAMED: ReadonlySet<string | undefined> = new Set(['google', 'anthropic']);

const recogniseEndpoint = createRecogniser(ENDPOINTS);

function recognise(address: Parameters<RawApi['recognise']>[0]): RecognisedCall | undefined {
  const call = recogniseEndpoint(address);
  const publisher = PUBLISHER.exec(address.path)?.[1];
  if (call?.model === undefined || UNNAMED.has(publisher)) return call;
  return { ...call, model: `${publisher}/${call.model}` };
}

/** The API of Google Cloud for callers who speak it themselves. */
export function createRawApi({ headers }: Account): RawApi {
  return { headersFor: () => headers, answerHeaders: [], recognise };
}
