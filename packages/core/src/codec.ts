import { gatewayError } from '@sluice/contract';
import type {
  Adjustment,
  AnswerSummary,
  AssistantPart,
  ChatRequest,
  ChatResult,
  Dialect,
  EmbedResult,
  FrameReader,
  Operation,
  ParsedCall,
  Passthrough,
  RawCall,
  ResponseHead,
  StreamScanner,
  Target,
  UpstreamRequest,
  WriteContext,
} from '@sluice/contract';
import { createFrameReader, createLineReader } from '@sluice/toolkit';
import { StreamTranslator } from './stream-translator.js';

/** One request in one provider's words, and the way back into the caller's. */
export interface Codec {
  readonly request: UpstreamRequest;
  readonly adjustments: readonly Adjustment[];
  plain(body: Uint8Array, head: ResponseHead): CodedAnswer;
  /** Throws `upstream_invalid_response` where the provider has no streams. */
  stream(head: ResponseHead): StreamScanner;
}
export interface CodedAnswer {
  readonly body: Uint8Array | string;
  readonly summary: AnswerSummary;
}

/** Caller and provider speak the same dialect: bytes go through. */
export function passCodec(passthrough: Passthrough, raw: RawCall, target: Target): Codec {
  return {
    request: passthrough.encode(raw, target),
    adjustments: [],
    plain: (body, head) => ({ body, summary: passthrough.inspect(body, head) }),
    stream: () => passthrough.scanner?.(raw) ?? noStreams(),
  };
}

export interface Translation<Request, Result, Event> {
  readonly dialect: Dialect<Request, Result, Event>;
  readonly parsed: ParsedCall<Request>;
  readonly context: WriteContext;
}

/** Through the canonical form and back. */
export function translateCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  operation: Operation<Request, Result, Event>,
  { dialect, parsed, context }: Translation<Request, Result, Event>,
  target: Target,
): Codec {
  const request = parsed.toRequest();
  const { request: upstream, adjustments } = operation.encode(request, target);
  return {
    request: upstream,
    adjustments,
    plain(body, head) {
      const result = operation.decode(body, head);
      return { body: dialect.writeResult(result, context), summary: summarize(result as ChatResult | EmbedResult) };
    },
    stream(head) {
      const { framing, open } = operation.stream ?? noStreams();
      const writer = dialect.stream?.open(context) ?? noStreams();
      return new StreamTranslator({ reader: openFrames(framing), decoder: open(head), writer });
    },
  };
}

/** The reader of one stream's frames. */
function openFrames(framing: 'sse' | 'ndjson' | (() => FrameReader)): FrameReader {
  if (typeof framing === 'function') return framing();
  return framing === 'sse' ? createFrameReader() : createLineReader();
}

/** What settling needs; the characters stand in where the vendor does not say what was used. */
function summarize(result: ChatResult | EmbedResult): AnswerSummary {
  if (!('content' in result)) return result;
  const { model, usage, finish, content } = result;
  const outputChars = content.reduce((sum, part) => sum + charsOf(part), 0);
  return { model, finish, outputChars, ...(usage ? { usage } : {}) };
}

function charsOf(part: AssistantPart): number {
  if (part.type === 'tool-call') return part.name.length + part.json.length;
  return 'text' in part ? part.text.length : 0;
}

function noStreams(): never {
  throw gatewayError('invalid_value', {
    message: 'This endpoint or provider does not stream.',
    details: { param: 'stream' },
  });
}
