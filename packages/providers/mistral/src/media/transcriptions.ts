import { gatewayError } from '@sluice/contract';
import type {
  Adjustment,
  Feature,
  JsonObject,
  Operation,
  TimedText,
  TranscriptionRequest,
  TranscriptionResult,
} from '@sluice/contract';
import type { Server } from '@sluice/provider-openai-compatible/internal';
import { changed, dropped, isJsonObject, nativeExtensions, parseUpstreamJson, writeForm } from '@sluice/toolkit';
import type { FormField } from '@sluice/toolkit';
import { readUsage } from '@sluice/toolkit/openai-wire';

const PATH = 'audio/transcriptions';
const OWN_FIELDS: ReadonlySet<string> = new Set(['diarize', 'context_bias']);

/**
 * Recordings written down by Voxtral. npm @mistralai/mistralai 2.7.0, esm/models/components/audiotranscriptionrequest.d.ts,
 * transcriptionresponse.d.ts; esm/funcs/audioTranscriptionsComplete.js (names of the form's fields).
 */
export function createTranscriptions(
  { headers, locate, nameOf }: Server,
  features: ReadonlySet<Feature>,
): Operation<TranscriptionRequest, TranscriptionResult, never> {
  return {
    features,
    encode(request, target) {
      const { fields, adjustments } = toFields(request);
      const { body, contentType } = writeForm([['file', request.audio], ['model', nameOf(target.model)], ...fields]);
      const sent = { ...headers.plain, 'content-type': contentType };
      return { request: { method: 'POST', url: locate(target, PATH), headers: sent, body }, adjustments };
    },
    decode: decodeTranscription,
  };
}

interface Fields {
  readonly fields: readonly FormField[];
  readonly adjustments: readonly Adjustment[];
}

/**
 * Times come of one unit a call, and never with a language that was named: both at once are refused.
 * https://docs.mistral.ai/capabilities/audio_transcription
 */
function toFields(request: TranscriptionRequest): Fields {
  const { language, prompt, temperature, timestamps = [] } = request;
  const { fields: own, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const unit = toUnit(request);
  const named = unit === undefined ? language : undefined;
  return {
    fields: [
      ...toField('language', named),
      ...toField('temperature', temperature === undefined ? undefined : String(temperature)),
      ...toField('timestamp_granularities', unit),
      ...Object.entries(own).flatMap(([name, value]) => toField(name, value)),
    ],
    adjustments: [
      ...(named === undefined ? dropped('language', language) : []),
      ...dropped('prompt', prompt),
      ...changed('timestamp_granularities', timestamps.length > 1),
      ...adjustments,
    ],
  };
}

function toUnit({ format = 'json', timestamps = [] }: TranscriptionRequest): 'word' | 'segment' | undefined {
  if (timestamps.includes('word')) return 'word';
  return timestamps.length > 0 || (format !== 'json' && format !== 'text') ? 'segment' : undefined;
}

/** A list is as many fields of one name. What a form holds are texts and files. */
function toField(name: string, value: unknown): readonly FormField[] {
  if (Array.isArray(value)) return value.map((one) => [name, one as FormField[1]] as const);
  return value === undefined ? [] : [[name, value as FormField[1]]];
}

function decodeTranscription(bytes: Uint8Array): TranscriptionResult {
  const { model, text, language, segments: given, usage: wire } = parseUpstreamJson(bytes);
  if (typeof text !== 'string') {
    throw gatewayError('upstream_invalid_response', { message: 'The provider answered without a transcript.' });
  }
  const segments = Array.isArray(given) ? given.flatMap(toTimed) : [];
  const seconds = isJsonObject(wire) ? wire.prompt_audio_seconds : undefined;
  const counts = readUsage(wire);
  return {
    model: typeof model === 'string' ? model : '',
    text,
    ...(typeof language === 'string' ? { language } : {}),
    ...(typeof seconds === 'number' ? { durationSeconds: seconds } : {}),
    ...(segments.length > 0 ? { segments } : {}),
    // Asked for words, the vendor has one to a segment.
    ...(segments.length > 0 && segments.every(isWord) ? { words: segments } : {}),
    ...(counts ? { usage: { ...counts, ...(typeof seconds === 'number' ? { audioSeconds: seconds } : {}) } } : {}),
  };
}

function toTimed(piece: unknown): readonly TimedText[] {
  const { text, start, end }: JsonObject = isJsonObject(piece) ? piece : {};
  return typeof text === 'string' && typeof start === 'number' && typeof end === 'number' ? [{ start, end, text }] : [];
}

function isWord({ text }: TimedText): boolean {
  return !/\s/.test(text.trim());
}
