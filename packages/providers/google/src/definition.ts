import { gatewayError } from '@sluice/contract';
import type { ProviderDefinition, ProviderDeps, UpstreamRequest } from '@sluice/contract';
import { jsonHeaders } from '@sluice/toolkit';
import type { GeminiApi } from './api.js';
import { createChat } from './chat/operation.js';
import { classify } from './classify.js';
import { createCountTokens } from './count-tokens.js';
import { createEmbed } from './embed.js';
import { createImages } from './media/images.js';
import { createSpeech } from './media/speech.js';
import { createTranscription } from './media/transcription.js';
import { createModelListing } from './models.js';
import { createRawApi } from './raw.js';
import { googleSettings } from './settings.js';
import type { GoogleSettings } from './settings.js';
import { toMethodUrl } from './url.js';

/** The Gemini API of Google AI Studio. */
export const google = {
  kind: 'google',
  contractVersion: 1,
  settings: googleSettings,
  create(settings: GoogleSettings, deps: Pick<ProviderDeps, 'secret'>) {
    const baseUrl = new URL(settings.baseUrl);
    const headers = jsonHeaders(settings.headers);
    const api: GeminiApi = { platform: 'developer', headers, url: toMethodUrl };
    return {
      baseUrl,
      operations: {
        chat: createChat(api),
        embed: createEmbed(api),
        countTokens: createCountTokens(api),
        image: createImages(api),
        speech: createSpeech(api),
        transcription: createTranscription(api),
      },
      models: createModelListing(baseUrl, headers),
      raw: createRawApi(headers),
      authorize: (request: UpstreamRequest) => authorize(request, settings, deps),
      classify,
    };
  },
} as const satisfies ProviderDefinition<GoogleSettings>;

async function authorize(
  request: UpstreamRequest,
  { apiKey }: GoogleSettings,
  { secret }: Pick<ProviderDeps, 'secret'>,
): Promise<UpstreamRequest> {
  if (!apiKey) return request;
  try {
    return { ...request, headers: { ...request.headers, 'x-goog-api-key': await secret(apiKey) } };
  } catch (cause) {
    throw gatewayError('upstream_auth_error', { message: 'The key for the provider cannot be read.', cause });
  }
}
