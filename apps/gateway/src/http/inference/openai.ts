import {
  atDeployment,
  chatRequestSchema,
  completionsRequestSchema,
  embeddingsRequestSchema,
  imagesRequestSchema,
  moderationsRequestSchema,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiImages,
  openAiModerations,
  openAiResponses,
  openAiSpeech,
  openAiTranscriptions,
  responsesRequestSchema,
  speechRequestSchema,
  transcriptionsFormSchema,
} from '@sluice/dialect-openai';
import { endpoint } from './endpoint.js';
import type { About, Inference } from './endpoint.js';

/** Azure's newer paths are OpenAI's own behind a prefix. https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const about = (path: string, summary: string, body: About['body']): About => ({
  summary: `${summary}, in the OpenAI dialect`,
  body,
  aliases: [`/openai/v1/${path}`],
});

/** OpenAI's API. */
export const OPENAI: readonly Inference[] = [
  endpoint(
    { route: '/v1/chat/completions', operation: 'chat', dialect: openAiChat },
    about('chat/completions', 'Chat', chatRequestSchema),
  ),
  endpoint(
    { route: '/v1/completions', operation: 'chat', dialect: openAiCompletions },
    about('completions', 'Texts to go on with', completionsRequestSchema),
  ),
  endpoint(
    { route: '/v1/responses', operation: 'chat', dialect: openAiResponses },
    about('responses', 'Chat as responses', responsesRequestSchema),
    ({ responses }) => ({ memory: responses }),
  ),
  endpoint(
    { route: '/v1/embeddings', operation: 'embed', dialect: openAiEmbeddings },
    about('embeddings', 'Embeddings', embeddingsRequestSchema),
  ),
  endpoint(
    { route: '/v1/images/generations', operation: 'image', dialect: openAiImages },
    about('images/generations', 'Pictures', imagesRequestSchema),
  ),
  endpoint(
    { route: '/v1/audio/speech', operation: 'speech', dialect: openAiSpeech },
    about('audio/speech', 'Text read aloud', speechRequestSchema),
  ),
  endpoint(
    { route: '/v1/audio/transcriptions', operation: 'transcription', dialect: openAiTranscriptions },
    about('audio/transcriptions', 'Recordings written down', transcriptionsFormSchema),
  ),
  endpoint(
    { route: '/v1/moderations', operation: 'moderation', dialect: openAiModerations },
    about('moderations', 'Judgements of content', moderationsRequestSchema),
  ),
];

const DEPLOYMENT = '/openai/deployments/{model}';

const deployed = (summary: string, body: About['body']): About => ({
  summary: `${summary}, at a deployment of Azure`,
  body,
});

/** Azure's older paths; `api-version` is taken and changes nothing. */
export const AZURE: readonly Inference[] = [
  endpoint(
    { route: `${DEPLOYMENT}/chat/completions`, operation: 'chat', dialect: atDeployment(openAiChat) },
    deployed('Chat', chatRequestSchema.partial({ model: true })),
  ),
  endpoint(
    { route: `${DEPLOYMENT}/completions`, operation: 'chat', dialect: atDeployment(openAiCompletions) },
    deployed('Texts to go on with', completionsRequestSchema.partial({ model: true })),
  ),
  endpoint(
    { route: `${DEPLOYMENT}/embeddings`, operation: 'embed', dialect: atDeployment(openAiEmbeddings) },
    deployed('Embeddings', embeddingsRequestSchema.partial({ model: true })),
  ),
  endpoint(
    { route: `${DEPLOYMENT}/images/generations`, operation: 'image', dialect: atDeployment(openAiImages) },
    deployed('Pictures', imagesRequestSchema.partial({ model: true })),
  ),
  endpoint(
    { route: `${DEPLOYMENT}/audio/speech`, operation: 'speech', dialect: atDeployment(openAiSpeech) },
    deployed('Text read aloud', speechRequestSchema.partial({ model: true })),
  ),
  endpoint(
    {
      route: `${DEPLOYMENT}/audio/transcriptions`,
      operation: 'transcription',
      dialect: atDeployment(openAiTranscriptions),
    },
    deployed('Recordings written down', transcriptionsFormSchema.partial({ model: true })),
  ),
];
