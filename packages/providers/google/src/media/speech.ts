import { gatewayError } from '@sluice/contract';
import type { Encoded, JsonObject, Operation, SpeechRequest, SpeechResult, Target } from '@sluice/contract';
import { NO_FEATURES, adjusted, changed, dropped, isJsonObject, nativeExtensions } from '@sluice/toolkit';
import type { GeminiApi } from '../api.js';
import { blobsOf, readMediaAnswer } from './answer-media.js';
import { writeWave } from './wave.js';

/**
 * Text read aloud by the Gemini models that speak. Models up to Gemini 3.1 give bare samples and are told in the text how
 * to read it; later ones give a WAV file unless samples are asked for, and are told beside the text.
 * https://ai.google.dev/gemini-api/docs/speech-generation; npm @ai-sdk/google 4.0.121, src/google-speech-model.ts
 */
export function createSpeech(api: GeminiApi): Operation<SpeechRequest, SpeechResult, never> {
  return {
    features: NO_FEATURES,
    encode: (request, target) => encodeSpeech(request, target, api),
    decode: (body, _head, target) => decodeSpeech(body, target),
  };
}

/** What a caller may say in the vendor's own words. npm @google/genai 3.3.0, dist/genai.d.ts, `SpeechConfig`. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['speechConfig', 'safetySettings']);
const EARLY = /gemini-(?:2\.5|3\.1)-/;
const DEFAULT_VOICE = 'Kore';
/** Of OpenAI, which this vendor does not have. npm openai 6.49.0, resources/audio/speech.d.ts. */
const FOREIGN_VOICES: ReadonlySet<string> = new Set([
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
]);
function encodeSpeech(request: SpeechRequest, target: Target, api: GeminiApi): Encoded {
  const { instructions, format, speed } = request;
  const isEarly = EARLY.test(target.model);
  const isBare = format === 'pcm' && !isEarly;
  const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const voice = FOREIGN_VOICES.has(request.voice) ? DEFAULT_VOICE : request.voice;
  const speechConfig = toSpeechConfig(voice, fields.speechConfig);
  // In front of a conversation of several voices it would be read aloud.
  const unsaid = isEarly && speechConfig.multiSpeakerVoiceConfig !== undefined;
  const body: JsonObject = {
    contents: [{ role: 'user', parts: [unsaid ? { text: request.input } : toPart(request, isEarly)] }],
    safetySettings: fields.safetySettings,
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig,
      ...(isBare ? { responseFormat: { audio: { mimeType: 'AUDIO_L16' } } } : {}),
    },
  };
  const url = api.url(target, 'generateContent');
  return {
    request: { method: 'POST', url, headers: api.headers, body: JSON.stringify(body) },
    adjustments: [
      ...changed('voice', voice !== request.voice),
      ...(isEarly && instructions !== undefined ? adjusted('instructions', unsaid ? 'dropped' : 'emulated') : []),
      ...changed('response_format', format !== undefined && format !== 'wav' && !isBare),
      ...dropped('speed', speed === 1 ? undefined : speed),
      ...adjustments,
    ],
  };
}

function toPart({ input, instructions }: SpeechRequest, isEarly: boolean): JsonObject {
  if (instructions === undefined) return { text: input };
  return isEarly ? { text: `${instructions}: ${input}` } : { text: input, speechMetadata: { style: instructions } };
}

/** The voices of several speakers stand in the place of the one. */
function toSpeechConfig(voiceName: string, own: unknown): JsonObject {
  const fields = isJsonObject(own) ? own : {};
  if (fields.multiSpeakerVoiceConfig !== undefined) return fields;
  return { voiceConfig: { prebuiltVoiceConfig: { voiceName } }, ...fields };
}

const SAMPLES = /^audio\/(?:l16|pcm)\b/i;
/** Where the answer does not say how many a second. */
const DEFAULT_RATE = 24_000;

function decodeSpeech(bytes: Uint8Array, { model }: Target): SpeechResult {
  const answer = readMediaAnswer(bytes);
  const [{ mediaType, base64 }] = blobsOf(answer, 'audio');
  const sound = Buffer.from(base64, 'base64');
  if (sound.length === 0) throw gatewayError('upstream_invalid_response', { message: 'The provider sent no sound.' });
  const { usage } = answer;
  return {
    model: answer.model,
    ...(SAMPLES.test(mediaType) ? ofSamples(sound, mediaType, model) : { audio: sound, contentType: mediaType }),
    ...(usage ? { usage } : {}),
  };
}

/** Models that cannot be asked for a file give samples to everybody; the others to who asked for them. */
function ofSamples(samples: Uint8Array, mediaType: string, model: string): Pick<SpeechResult, 'audio' | 'contentType'> {
  if (!EARLY.test(model)) return { audio: samples, contentType: 'audio/pcm' };
  const rate = Number(/\brate=(\d+)/.exec(mediaType)?.[1] ?? DEFAULT_RATE);
  return { audio: writeWave(samples, rate), contentType: 'audio/wav' };
}
