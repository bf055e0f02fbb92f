import { gatewayError } from '@sluice/contract';
import type {
  Encoded,
  JsonObject,
  Target,
  TimedText,
  TranscriptionRequest,
  TranscriptionResult,
  Usage,
} from '@sluice/contract';
import { asObjects, dropped, isCount, isJsonObject, nativeExtensions, parseUpstreamJson } from '@sluice/toolkit';
import { classifyGoogleInBand, readGoogleError } from '@sluice/toolkit/gemini-wire';
import type { GeminiApi } from '../api.js';
import { toApiUrl } from '../url.js';
import { wantsTimes } from './heard.js';
import { toRecording, toSegment, toTimed } from './recording.js';

/**
 * Models of the Gemini API that transcribe, which it serves over `POST /interactions` alone.
 * https://ai.google.dev/gemini-api/docs/transcribe; npm @ai-sdk/google 4.0.121,
 * src/transcription/google-transcription-model.ts; npm @google/genai 3.3.0, dist/genai.d.ts, `TranscriptionConfig`, `Usage`
 */
export function encodeInteraction(request: TranscriptionRequest, target: Target, { headers }: GeminiApi): Encoded {
  const { language, prompt, temperature } = request;
  const { fields, adjustments } = nativeExtensions(request, OWN_FIELDS);
  const { mimeType, data } = toRecording(request.audio);
  const config = {
    ...fields,
    ...(language === undefined ? {} : { language_codes: [language] }),
    ...(wantsTimes(request) ? { mode: { type: 'verbatim', timestamp_granularities: ['word'] } } : {}),
  };
  const body: JsonObject = {
    model: target.model,
    // Unasked, the vendor would keep it.
    store: false,
    input: [{ type: 'audio', data, mime_type: mimeType }],
    ...(Object.keys(config).length === 0 ? {} : { generation_config: { transcription_config: config } }),
  };
  const url = toApiUrl(target.baseUrl, 'interactions');
  return {
    request: { method: 'POST', url, headers, body: JSON.stringify(body) },
    adjustments: [...dropped('prompt', prompt), ...dropped('temperature', temperature), ...adjustments],
  };
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['custom_vocabulary', 'mode']);
const CUT: ReadonlySet<unknown> = new Set(['incomplete', 'requires_continuation', 'budget_exceeded']);
const WORD = ['text', 'start_offset', 'end_offset'] as const;

/** What it answers. Throws `upstream_truncated`, `upstream_invalid_response`, or the error that the answer holds. */
export function decodeInteraction(bytes: Uint8Array): TranscriptionResult {
  const body = parseUpstreamJson(bytes);
  if (isJsonObject(body.error)) throw classifyGoogleInBand(readGoogleError(body));
  if (CUT.has(body.status)) {
    throw gatewayError('upstream_truncated', { message: 'The provider stopped before the end of the recording.' });
  }
  if (!Array.isArray(body.steps) || (body.status ?? 'completed') !== 'completed') {
    throw gatewayError('upstream_invalid_response', { message: 'The provider answered without a transcript.' });
  }
  const pieces = body.steps.filter(isJsonObject).flatMap(({ content }) => asObjects(content).flatMap(toPiece));
  const words = pieces.flatMap((piece) => piece.words);
  const segments = pieces.flatMap((piece) => toSegment(piece.text, piece.words));
  const usage = toUsage(body.usage);
  return {
    model: typeof body.model === 'string' ? body.model : '',
    text: pieces
      .map(({ text }) => text)
      .join('')
      .trim(),
    ...(segments.length > 0 ? { segments } : {}),
    ...(words.length > 0 ? { words } : {}),
    ...(usage ? { usage } : {}),
  };
}

interface Piece {
  readonly text: string;
  readonly words: readonly TimedText[];
}

function toPiece({ type, text, annotations }: JsonObject): readonly Piece[] {
  if (type !== 'text' || typeof text !== 'string') return [];
  return [{ text, words: asObjects(annotations).flatMap((word) => toTimed(word, WORD)) }];
}

/** Thoughts are counted beside what was written. */
function toUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const { total_input_tokens: input, total_output_tokens: output, total_thought_tokens: thoughts } = usage;
  if (!isCount(input)) return undefined;
  const reasoningTokens = isCount(thoughts) ? thoughts : 0;
  return { inputTokens: input, outputTokens: (isCount(output) ? output : 0) + reasoningTokens, reasoningTokens };
}
