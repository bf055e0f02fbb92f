import type {
  Dialect,
  JsonObject,
  ParsedCall,
  TimedText,
  TranscriptionRequest,
  TranscriptionResult,
  TypedBody,
  UploadedFile,
  Usage,
  WriteContext,
} from '@sluice/contract';
import { given } from '@sluice/toolkit';
import { OPENAI_TRANSCRIPTIONS } from '@sluice/toolkit/openai-wire';
import { z } from 'zod';
import { checkBody, fieldsBeside } from '../check-body.js';
import { modelName } from '../model-name.js';
import { ERRORS, PLAIN, writeTokenUsage } from './plain-call.js';

const file = z.custom<UploadedFile>(
  (value) => value instanceof Object && 'bytes' in value && value.bytes instanceof Uint8Array,
  { error: 'expected a file' },
);
/** Fields of a form are texts. */
const number = z
  .string()
  .regex(/^-?\d+(?:\.\d+)?$/, 'expected a number')
  .transform(Number);

/** The form of `POST /v1/audio/transcriptions`. Source: npm openai 6.49.0, `resources/audio/transcriptions.d.ts`. */
const transcriptionsRequestSchema = z.looseObject({
  model: modelName,
  file,
  language: z.string().optional(),
  prompt: z.string().optional(),
  temperature: number.pipe(z.number().min(0).max(1)).optional(),
  response_format: z.enum(['json', 'text', 'srt', 'vtt', 'verbose_json', 'diarized_json']).optional(),
  timestamp_granularities: z.array(z.enum(['word', 'segment'])).optional(),
  stream: z.literal('false', { error: 'transcriptions are not streamed here' }).optional(),
});
type TranscriptionsWire = z.output<typeof transcriptionsRequestSchema>;

/** The same for the description of the API, where a file is a text of bytes. */
export const transcriptionsFormSchema = z.object({
  file: z.string().meta({ format: 'binary' }),
  model: z.string(),
  language: z.string().optional(),
  prompt: z.string().optional(),
  temperature: z.number().optional(),
  response_format: z.enum(['json', 'text', 'srt', 'vtt', 'verbose_json']).optional(),
});

const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'file',
  'language',
  'prompt',
  'temperature',
  'response_format',
  'timestamp_granularities',
  'stream',
]);

/** `POST /v1/audio/transcriptions`, a form in, text in one of five forms out. */
export const openAiTranscriptions: Dialect<TranscriptionRequest, TranscriptionResult, never> = {
  id: OPENAI_TRANSCRIPTIONS,
  body: 'multipart',
  parse(body): ParsedCall<TranscriptionRequest> {
    const wire = checkBody(body, transcriptionsRequestSchema);
    return { ...PLAIN, model: wire.model, wire: body as JsonObject, toRequest: () => toTranscriptionRequest(wire) };
  },
  writeResult: writeTranscription,
  ...ERRORS,
};

function toTranscriptionRequest(wire: TranscriptionsWire): TranscriptionRequest {
  const { response_format: format } = wire;
  const odd = format === 'diarized_json' ? { response_format: format } : undefined;
  const fields = { ...fieldsBeside(wire, TRANSLATED), ...odd };
  return {
    audio: wire.file,
    ...given('language', wire.language),
    ...given('prompt', wire.prompt),
    ...given('temperature', wire.temperature),
    ...given('format', format === 'diarized_json' ? undefined : format),
    ...given('timestamps', wire.timestamp_granularities),
    ...(Object.keys(fields).length === 0 ? {} : { extensions: { dialect: OPENAI_TRANSCRIPTIONS, fields } }),
  };
}

function writeTranscription(result: TranscriptionResult, { wire }: WriteContext): string | TypedBody {
  const { text, usage } = result;
  switch (wire?.response_format) {
    case 'text':
      return typed(`${text}\n`, 'text/plain');
    case 'srt':
      return typed(writeSubtitles(result, ','), 'application/x-subrip');
    case 'vtt':
      return typed(`WEBVTT\n\n${writeSubtitles(result, '.')}`, 'text/vtt');
    case 'verbose_json':
      return JSON.stringify(writeVerbose(result));
    default:
      return JSON.stringify({ text, ...(usage ? { usage: writeUsage(usage) } : {}) });
  }
}

function typed(text: string, type: string): TypedBody {
  return { bytes: Buffer.from(text), contentType: `${type}; charset=utf-8` };
}

function writeVerbose({ text, language, durationSeconds, segments, words, usage }: TranscriptionResult): JsonObject {
  return {
    task: 'transcribe',
    language: language ?? '',
    duration: durationSeconds ?? 0,
    text,
    ...(segments ? { segments: segments.map((segment, id) => ({ id, ...segment })) } : {}),
    ...(words ? { words: words.map(({ text: word, start, end }) => ({ word, start, end })) } : {}),
    ...(usage ? { usage: writeUsage(usage) } : {}),
  };
}

function writeUsage(usage: Usage): JsonObject {
  if (usage.audioSeconds !== undefined) return { type: 'duration', seconds: usage.audioSeconds };
  return { type: 'tokens', ...writeTokenUsage(usage) };
}

/** Where nobody knows when what was said, one piece holds all of it. */
function writeSubtitles({ text, segments, durationSeconds = 0 }: TranscriptionResult, point: ',' | '.'): string {
  const pieces: readonly TimedText[] = segments ?? [{ start: 0, end: durationSeconds, text }];
  const blocks = pieces.map(({ start, end, text: said }, i) => {
    const number = point === ',' ? `${i + 1}\n` : '';
    return `${number}${toTime(start, point)} --> ${toTime(end, point)}\n${said.trim()}\n`;
  });
  return `${blocks.join('\n')}\n`;
}

/** `01:02:03,450` */
function toTime(seconds: number, point: ',' | '.'): string {
  const ms = Math.round(seconds * 1_000);
  const pad = (value: number, width = 2): string => String(Math.floor(value)).padStart(width, '0');
  return `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1_000) % 60)}${point}${pad(ms % 1_000, 3)}`;
}
