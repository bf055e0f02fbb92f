import type { Dialect, JsonObject, ParsedCall, SpeechRequest, SpeechResult } from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { OPENAI_SPEECH } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';
import { checkBody, fieldsBeside } from '../check-body.js';
import { modelName } from '../model-name.js';
import { ERRORS, PLAIN } from './plain-call.js';

/** The body of `POST /v1/audio/speech`. Source: npm openai 6.49.0, `resources/audio/speech.d.ts`. */
export const speechRequestSchema = z.looseObject({
  model: modelName,
  input: z.string().min(1),
  voice: z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })]),
  instructions: z.string().nullish(),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).nullish(),
  speed: z.number().min(0.25).max(4).nullish(),
  stream_format: z.literal('audio', { error: 'sound comes as it is here, not as events' }).nullish(),
});

const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'input',
  'voice',
  'instructions',
  'response_format',
  'speed',
  'stream_format',
]);

/** `POST /v1/audio/speech`, which answers with the sound itself. */
export const openAiSpeech: Dialect<SpeechRequest, SpeechResult, never> = {
  id: OPENAI_SPEECH,
  parse(body): ParsedCall<SpeechRequest> {
    const wire = checkBody(body, speechRequestSchema);
    return {
      ...PLAIN,
      model: wire.model,
      wire: body as JsonObject,
      characters: countCharacters(wire.input),
      toRequest: () => toSpeechRequest(wire),
    };
  },
  writeResult: ({ audio, contentType }) => ({ bytes: audio, contentType }),
  ...ERRORS,
};

/** As people count them: a pair of surrogates is one. */
function countCharacters(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

function toSpeechRequest(wire: z.infer<typeof speechRequestSchema>): SpeechRequest {
  const fields = fieldsBeside(wire, TRANSLATED);
  return {
    input: wire.input,
    voice: typeof wire.voice === 'string' ? wire.voice : wire.voice.id,
    ...given('instructions', wire.instructions),
    ...given('format', wire.response_format),
    ...given('speed', wire.speed),
    ...given('extensions', fields && { dialect: OPENAI_SPEECH, fields }),
  };
}
