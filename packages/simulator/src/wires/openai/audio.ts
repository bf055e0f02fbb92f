import { OPENAI, refuseFlaw } from './vendor.js';
import { SPEECH_TYPES, durationMs, hear, speak, type SpeechFormat } from '../../media/speech.js';
import { anything, either, findFlaw, number, object, oneOf, optional, text } from '../../shape/shape.js';
import { chooseModel } from '../../models.js';
import { embedQuestion } from '../embed-question.js';
import { frame, type Answer, type Asked, type Call, type OtherBody, type StreamRendering, type Wire } from '../wire.js';
import { namedBody } from './named-body.js';
import { refuse, type ContentStep } from '../../steps.js';
import { textOr, type JsonObject } from '../../question.js';
import type { TokenCount } from '../../tokens.js';

/** Source: npm openai 7.57.0, resources/audio/speech.d.ts. Of the formats there are those that need no codec. */
const SPEECH = object({
  model: text({ min: 1 }),
  input: text({ min: 1, max: 4_096 }),
  voice: either(text({ min: 1 }), object({ id: text() })),
  instructions: optional(text()),
  response_format: optional(oneOf(...Object.keys(SPEECH_TYPES))),
  speed: optional(number({ min: 0.25, max: 4 })),
  stream_format: optional(oneOf('audio', 'sse')),
});

/** `POST /v1/audio/speech`: silence, as long as the text would take. */
export const openAiSpeech: Wire = { vendor: OPENAI, read: readSpeech };

function readSpeech(asked: Asked): Call {
  const body = namedBody(asked);
  const flaw = asked.world.strict ? findFlaw(SPEECH, body) : undefined;
  if (flaw) refuseFlaw(flaw);
  const name = textOr(body['model'], '');
  const said = textOr(body['input'], '');
  const format = textOr(body['response_format'], 'mp3') as SpeechFormat;
  if (body['stream_format'] === 'sse' && name.startsWith('tts-1')) {
    refuse("'sse' is not supported for this model.", 'stream_format', 'unsupported_value');
  }
  const bytes = speak(said, format);
  return {
    question: { ...embedQuestion(name, [said]), text: said },
    model: chooseModel('openai', name),
    plain: () => ({ contentType: SPEECH_TYPES[format], bytes }),
    ...(body['stream_format'] === 'sse' && { stream: () => openSpeechStream(bytes) }),
  };
}

function openSpeechStream(bytes: Buffer): StreamRendering {
  const event = (type: string, fields: JsonObject): string => frame({ type, ...fields });
  return {
    open: () => event('speech.audio.delta', { audio: bytes.toString('base64') }),
    content: () => '',
    keepAlive: () => ': keep-alive\n\n',
    finish: (_, usage) => ({
      body: '',
      terminal: event('speech.audio.done', { ...(usage && { usage: tokensOf(usage) }) }),
    }),
    fault: (fault) => frame({ type: 'error', ...OPENAI.fault(fault, '', '') }),
    malformed: () => frame('{"type":"speech.audio.delta","audio":'),
  };
}

function tokensOf({ input, output }: TokenCount): JsonObject {
  return { input_tokens: input, output_tokens: output, total_tokens: input + output };
}

const RESPONSE_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'];

/** Source: npm openai 7.57.0, resources/audio/transcriptions.d.ts; a form, so every value is text. */
const TRANSCRIPTION = object({
  file: anything,
  model: text({ min: 1 }),
  language: optional(text({ min: 2, max: 5 })),
  prompt: optional(text()),
  response_format: optional(oneOf(...RESPONSE_FORMATS)),
  temperature: optional(text()),
  stream: optional(oneOf('true', 'false')),
  chunking_strategy: optional(anything),
  'timestamp_granularities[]': optional(anything),
  'include[]': optional(anything),
  'known_speaker_names[]': optional(anything),
  'known_speaker_references[]': optional(anything),
});

/** `POST /v1/audio/transcriptions`: what {@link speak} noted, or how long the recording is. */
export const openAiTranscriptions: Wire = { vendor: OPENAI, read: readTranscription };

function readTranscription({ form = {}, params, world }: Asked): Call {
  const fields: JsonObject = params['model'] === undefined ? form : { ...form, model: params['model'] };
  const flaw = world.strict ? findFlaw(TRANSCRIPTION, fields) : undefined;
  if (flaw) refuseFlaw(flaw);
  const { file } = fields;
  if (!(file instanceof Uint8Array))
    refuse("Missing required parameter: 'file'.", 'file', 'missing_required_parameter');
  if (file.length === 0)
    refuse('Audio file is too short. Minimum audio length is 0.1 seconds.', 'file', 'audio_too_short');
  const name = textOr(fields['model'], '');
  const format = textOr(fields['response_format'], 'json');
  if (name.startsWith('gpt-4o') && !['json', 'text', 'diarized_json'].includes(format)) {
    refuse(
      `response_format '${format}' is not compatible with model '${name}'. Use 'json' or 'text' instead.`,
      'response_format',
      'unsupported_value',
    );
  }
  const heard = hear(file) ?? `A recording of ${file.length} bytes.`;
  const streams = fields['stream'] === 'true' && name !== 'whisper-1';
  return {
    question: { ...embedQuestion(name, [heard]), text: heard },
    model: chooseModel('openai', name),
    plain: (answer) => writeTranscription(answer, format, textOr(fields['language'], 'english')),
    ...(streams && { stream: () => openTranscriptStream() }),
  };
}

function textOf(content: readonly ContentStep[]): string {
  return content.map((step) => (step.type === 'text' ? step.text : '')).join('');
}

function writeTranscription({ content, usage }: Answer, format: string, language: string): JsonObject | OtherBody {
  const said = textOf(content);
  const seconds = durationMs(said) / 1_000;
  const counted = usage && {
    usage: { type: 'tokens', ...tokensOf(usage), input_token_details: { audio_tokens: usage.input, text_tokens: 0 } },
  };
  switch (format) {
    case 'text':
      return asText(`${said}\n`);
    case 'srt':
      return asText(`1\n${timestamp(0, ',')} --> ${timestamp(seconds, ',')}\n${said}\n\n`);
    case 'vtt':
      return asText(`WEBVTT\n\n${timestamp(0, '.')} --> ${timestamp(seconds, '.')}\n${said}\n\n`);
    case 'verbose_json':
      return {
        task: 'transcribe',
        language,
        duration: seconds,
        text: said,
        segments: [segment(said, seconds)],
        usage: { type: 'duration', seconds: Math.ceil(seconds) },
      };
    case 'diarized_json':
      return {
        task: 'transcribe',
        duration: seconds,
        text: said,
        segments: [{ type: 'transcript.text.segment', id: 'seg_0', start: 0, end: seconds, speaker: 'A', text: said }],
        ...counted,
      };
    default:
      return { text: said, ...counted };
  }
}

function asText(said: string): OtherBody {
  return { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from(said) };
}

function segment(said: string, end: number): JsonObject {
  return {
    id: 0,
    seek: 0,
    start: 0,
    end,
    text: said,
    tokens: [],
    temperature: 0,
    avg_logprob: -0.1,
    compression_ratio: 1,
    no_speech_prob: 0,
  };
}

/** `00:00:01,500` */
function timestamp(seconds: number, point: string): string {
  return new Date(Math.round(seconds * 1_000)).toISOString().slice(11, 23).replace('.', point);
}

function openTranscriptStream(): StreamRendering {
  let said = '';
  return {
    open: () => '',
    content(step) {
      const delta = textOf([step]);
      said += delta;
      return frame({ type: 'transcript.text.delta', delta });
    },
    keepAlive: () => ': keep-alive\n\n',
    finish: (_, usage) => ({
      body: frame({
        type: 'transcript.text.done',
        text: said,
        ...(usage && { usage: { type: 'tokens', ...tokensOf(usage) } }),
      }),
      terminal: frame('[DONE]'),
    }),
    fault: (fault) => frame(OPENAI.fault(fault, '', '')),
    malformed: () => frame('{"type":"transcript.text.delta","delta":'),
  };
}
