import { gatewayError } from '@sluice/contract';
import type {
  Encoded,
  JsonObject,
  Target,
  TimedText,
  TranscriptionRequest,
  TranscriptionResult,
} from '@sluice/contract';
import { adjusted, changed, dropped, isJsonObject, nativeExtensions, toText, untranslatable } from '@sluice/toolkit';
import type { GeminiApi } from '../api.js';
import { readMediaAnswer } from './answer-media.js';
import { toRecording, toSegment, toTimed } from './recording.js';

/**
 * Recordings over `:generateContent`: to a model that transcribes with a setting of its own, to any other that hears as a
 * request to write down what it hears.
 */

const PLEASE = 'Write down word for word what is said in this recording, in the language in which it is said.';
const NO_MORE = 'Answer with the transcript and nothing else; with nothing at all where nobody speaks.';

/** A model that hears and chats, told to do what a transcription does. It tells no times, so that it makes no subtitles. */
export function encodeDictation(request: TranscriptionRequest, target: Target, api: GeminiApi): Encoded {
  const { language, prompt, temperature, format, timestamps = [] } = request;
  if (format === 'srt' || format === 'vtt') throw untranslatable('a wish for subtitles', 'response_format');
  const { fields, adjustments } = nativeExtensions(request, new Set(['safetySettings']));
  const told = [
    PLEASE,
    ...(language === undefined ? [] : [`The language is "${language}".`]),
    ...(prompt === undefined ? [] : [`What came before, or words that may occur: ${prompt}`]),
    NO_MORE,
  ];
  const body: JsonObject = {
    contents: [{ role: 'user', parts: [{ text: told.join('\n') }, { inlineData: toRecording(request.audio) }] }],
    ...fields,
    ...(temperature === undefined ? {} : { generationConfig: { temperature } }),
  };
  return {
    request: toCall(body, target, api),
    adjustments: [
      ...adjusted('transcription', 'emulated'),
      ...changed('response_format', format === 'verbose_json'),
      ...dropped('timestamp_granularities', timestamps.length > 0 ? timestamps : undefined),
      ...adjustments,
    ],
  };
}

/** npm @google/genai 3.3.0, dist/genai.d.ts, `AudioTranscriptionConfig`. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['customVocabulary', 'diarization', 'mode']);

/**
 * A model that transcribes. npm @ai-sdk/google-vertex 5.0.141,
 * src/gemini-transcription/google-vertex-gemini-transcription-model.ts
 */
export function encodeTranscription(request: TranscriptionRequest, target: Target, api: GeminiApi): Encoded {
  const { language, prompt, temperature } = request;
  const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const config = {
    ...fields,
    ...(language === undefined ? {} : { languageCodes: [language] }),
    ...(wantsTimes(request) ? { wordTimestamp: true } : {}),
  };
  const body: JsonObject = {
    contents: [{ role: 'user', parts: [{ inlineData: toRecording(request.audio) }] }],
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: { audioTranscriptionConfig: config } }),
  };
  return {
    request: toCall(body, target, api),
    adjustments: [...dropped('prompt', prompt), ...dropped('temperature', temperature), ...adjustments],
  };
}

/** Whether the caller can do anything with times. */
export function wantsTimes({ format = 'json', timestamps = [] }: TranscriptionRequest): boolean {
  return timestamps.length > 0 || (format !== 'json' && format !== 'text');
}

function toCall(body: JsonObject, target: Target, { url, headers }: GeminiApi): Encoded['request'] {
  return { method: 'POST', url: url(target, 'generateContent'), headers, body: JSON.stringify(body) };
}

/** What either of them answers: text, and times from a model that tells them. Silence is an answer too. */
export function decodeHeard(bytes: Uint8Array): TranscriptionResult {
  const { model, parts, usage } = readMediaAnswer(bytes);
  if (parts.length > 0 && !parts.some(isSaid)) {
    throw gatewayError('upstream_invalid_response', { message: 'The provider answered without a transcript.' });
  }
  const pieces = parts.map(({ audioTranscription }) => audioTranscription).filter(isJsonObject);
  const written = parts.map(({ text }) => toText(text)).join('');
  const words = pieces.flatMap(wordsOf);
  const segments = pieces.flatMap(toSegments);
  const language = pieces.map(({ languageCode }) => toText(languageCode)).find((code) => code !== '');
  return {
    model,
    text: (written === '' ? pieces.map(({ text }) => toText(text)).join('') : written).trim(),
    ...(language === undefined ? {} : { language }),
    ...(segments.length > 0 ? { segments } : {}),
    ...(words.length > 0 ? { words } : {}),
    ...(usage ? { usage } : {}),
  };
}

const WORD = ['word', 'startOffset', 'endOffset'] as const;
const PIECE = ['text', 'startOffset', 'endOffset'] as const;

function wordsOf({ words }: JsonObject): readonly TimedText[] {
  return Array.isArray(words) ? words.flatMap((word) => toTimed(word, WORD)) : [];
}

function toSegments(piece: JsonObject): readonly TimedText[] {
  const timed = toTimed(piece, PIECE);
  return timed.length > 0 ? timed : toSegment(toText(piece.text), wordsOf(piece));
}

function isSaid({ text, audioTranscription }: JsonObject): boolean {
  return typeof text === 'string' || isJsonObject(audioTranscription);
}
