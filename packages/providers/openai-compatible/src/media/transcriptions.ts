import type {
  AnswerSummary,
  JsonObject,
  Operation,
  RawCall,
  ResponseHead,
  TimedText,
  TranscriptionRequest,
  TranscriptionResult,
  UploadedFile,
  UpstreamRequest,
} from '@sluice/contract';
import {
  NO_FEATURES,
  decodeText,
  dropped,
  droppedExtensions,
  extensionsFor,
  isJsonObject,
  writeForm,
} from '@sluice/toolkit';
import type { FormField } from '@sluice/toolkit';
import { OPENAI_TRANSCRIPTIONS } from '@sluice/toolkit/openai-wire';
import type { Server } from '../server.js';
import { readAnswer, readAnyUsage } from './json-passthrough.js';
import { rulesFor, takesAsItCame } from './media-rules.js';

const PATH = 'audio/transcriptions';

/** Recordings written down. Source: npm openai 6.49.0, `resources/audio/transcriptions.d.ts`. */
export function createTranscriptionOperation(
  server: Server,
): Operation<TranscriptionRequest, TranscriptionResult, never> {
  const { headers, locate, nameOf } = server;
  const rules = rulesFor(server, 'transcription');
  const { refused = [] } = rules;
  return {
    features: NO_FEATURES,
    encode(request, target) {
      const wished = toFields(request, nameOf(target.model));
      const lost = new Set(wished.map(([name]) => name).filter((name) => refused.includes(name)));
      const fields = wished.filter(([name]) => !lost.has(name));
      return {
        request: post(fields, { headers: headers.plain, url: locate(target, PATH) }),
        adjustments: [
          ...[...lost].flatMap((name) => dropped(name, true)),
          ...droppedExtensions(request, OPENAI_TRANSCRIPTIONS),
        ],
      };
    },
    decode: decodeTranscription,
    passthroughs: [
      {
        dialect: OPENAI_TRANSCRIPTIONS,
        answers: 'any',
        takes: takesAsItCame(rules),
        // A form cannot be edited in place without counting its bytes anew: its fields are written again as they came.
        encode: (call, target) =>
          post(replaceModel(call, nameOf(target.model)), { headers: headers.forCall(call), url: locate(target, PATH) }),
        inspect: inspectTranscription,
      },
    ],
  };
}

interface Place {
  readonly headers: Readonly<Record<string, string>>;
  readonly url: URL;
}

function post(fields: readonly FormField[], { headers, url }: Place): UpstreamRequest {
  const { body, contentType } = writeForm(fields);
  return { method: 'POST', url, headers: { ...headers, 'content-type': contentType }, body };
}

/** Everything that this wire can time is asked for: whoever wants less leaves it out. */
function toFields(request: TranscriptionRequest, model: string): readonly FormField[] {
  const { audio, language, prompt, temperature, timestamps = [], format } = request;
  const timed = format !== undefined && format !== 'json' && format !== 'text';
  return [
    ['file', audio],
    ['model', model],
    ...(language === undefined ? [] : [['language', language] as const]),
    ...(prompt === undefined ? [] : [['prompt', prompt] as const]),
    ...(temperature === undefined ? [] : [['temperature', String(temperature)] as const]),
    ['response_format', timed ? 'verbose_json' : 'json'],
    ...timestamps.map((unit) => ['timestamp_granularities[]', unit] as const),
    ...Object.entries(extensionsFor(request, OPENAI_TRANSCRIPTIONS)).flatMap(([name, value]) => toField(name, value)),
  ];
}

function replaceModel({ wire }: RawCall, model: string): readonly FormField[] {
  return Object.entries({ ...wire, model }).flatMap(([name, value]) => toField(name, value));
}

function toField(name: string, value: unknown): readonly FormField[] {
  if (Array.isArray(value)) return value.map((one) => [`${name}[]`, one as string | UploadedFile] as const);
  return [[name, value as string | UploadedFile]];
}

function decodeTranscription(bytes: Uint8Array): TranscriptionResult {
  const body = readAnswer(bytes);
  const { text, language, duration, segments, words } = body;
  const { usage } = summarize(body);
  return {
    model: '',
    text: typeof text === 'string' ? text : '',
    ...(typeof language === 'string' && language !== '' ? { language } : {}),
    ...(typeof duration === 'number' ? { durationSeconds: duration } : {}),
    ...(Array.isArray(segments)
      ? { segments: segments.filter(isJsonObject).map((piece) => toTimed(piece, 'text')) }
      : {}),
    ...(Array.isArray(words) ? { words: words.filter(isJsonObject).map((piece) => toTimed(piece, 'word')) } : {}),
    ...(usage ? { usage } : {}),
  };
}

function toTimed(piece: JsonObject, name: 'text' | 'word'): TimedText {
  const { start, end } = piece;
  const said = piece[name];
  return {
    start: typeof start === 'number' ? start : 0,
    end: typeof end === 'number' ? end : 0,
    text: typeof said === 'string' ? said : '',
  };
}

/** Subtitles and bare text say nothing of what they cost. */
function inspectTranscription(bytes: Uint8Array, { headers }: ResponseHead): AnswerSummary {
  const isJson = headers['content-type']?.startsWith('application/json') ?? true;
  return isJson ? summarize(readAnswer(bytes)) : { outputChars: decodeText(bytes).length };
}

function summarize({ usage, duration, text }: JsonObject): AnswerSummary {
  const counts = readAnyUsage(usage);
  const timed = typeof duration === 'number' ? { inputTokens: 0, outputTokens: 0, audioSeconds: duration } : undefined;
  const known = counts ?? timed;
  return { outputChars: typeof text === 'string' ? text.length : 0, ...(known ? { usage: known } : {}) };
}
