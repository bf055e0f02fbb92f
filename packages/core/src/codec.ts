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
  GuardedWriter,
  Operation,
  ParsedCall,
  Passthrough,
  RawCall,
  ResponseHead,
  StreamScanner,
  StreamWriter,
  Target,
  TypedBody,
  UpstreamRequest,
  WriteContext,
} from '@sluice/contract';
import { createFrameReader, createLineReader } from '@sluice/toolkit';
import type { AnswerSoFar } from './continuation/answer-so-far.js';
import { StreamTranslator } from './stream-translator.js';

/** One request in one provider's words, and the way back into the caller's. */
export interface Codec {
  readonly request: UpstreamRequest;
  readonly adjustments: readonly Adjustment[];
  /** How the type of a streamed answer begins. */
  readonly streamType: string;
  /** What the stream has written, where another target may go on with it. */
  readonly soFar?: AnswerSoFar;
  /** Decides when a stream may be handed over, where guards read it first. */
  readonly gate?: GuardedWriter;
  /** A promise only where guards read the answer first. */
  plain(body: Uint8Array, head: ResponseHead): CodedAnswer | Promise<CodedAnswer>;
  /** Throws `upstream_invalid_response` where the provider has no streams. */
  stream(head: ResponseHead): StreamScanner;
}
export interface CodedAnswer {
  readonly body: Uint8Array | string;
  readonly contentType: string;
  readonly summary: AnswerSummary;
}

const NONE: readonly Adjustment[] = [];
const SILENT: StreamWriter<unknown> = { write: () => '' };
const JSON_TYPE = 'application/json';
const EVENT_STREAM = 'text/event-stream';
/** Types that a browser shows or saves, and never runs. */
const HARMLESS_TYPE = /^(?:audio|image)\/(?!svg)[\w.+-]+|^text\/(?:plain|vtt)\b|^application\/(?:json|x-subrip)\b/;

/** Caller and provider speak the same dialect: bytes go through. */
export function passCodec(passthrough: Passthrough, raw: RawCall, target: Target): Codec {
  return {
    request: passthrough.encode(raw, target),
    adjustments: [],
    streamType: EVENT_STREAM,
    plain: (body, head) => ({
      body,
      contentType: passthrough.answers === 'any' ? harmlessType(head) : JSON_TYPE,
      summary: passthrough.inspect(body, head),
    }),
    stream: () => passthrough.scanner?.(raw) ?? noStreams(),
  };
}

/** The vendor's type, unless a browser could take it for more than data. */
function harmlessType({ headers }: ResponseHead): string {
  const type = headers['content-type'] ?? '';
  return HARMLESS_TYPE.test(type) ? type : 'application/octet-stream';
}

/** Rejects where the caller may have nothing of it. */
export type CheckPlain<Result> = (result: Result, summary: AnswerSummary) => Promise<Result>;

export interface Translation<Request, Result, Event> {
  readonly dialect: Dialect<Request, Result, Event>;
  readonly parsed: ParsedCall<Request>;
  readonly context: WriteContext;
  /** What writes the stream, where that is not simply the dialect's writer. */
  readonly writer?: StreamWriter<Event>;
  /** What the caller may have of a plain answer, where that is not simply the answer. */
  readonly check?: CheckPlain<Result> | undefined;
}

/** Through the canonical form and back. */
export function translateCodec<Request extends Pick<ChatRequest, 'extensions'>, Result, Event>(
  operation: Operation<Request, Result, Event>,
  { dialect, parsed, context, writer: given, check }: Translation<Request, Result, Event>,
  target: Target,
): Codec {
  const { adjustments: own = NONE } = parsed;
  const { request: upstream, adjustments } = operation.encode(parsed.toRequest(), target);
  return {
    request: upstream,
    adjustments: own.length > 0 ? [...own, ...adjustments] : adjustments,
    streamType: operation.stream ? streamTypeOf(operation.stream) : EVENT_STREAM,
    plain(body, head) {
      const result = named(operation.decode(body, head, target), target.model);
      const summary = summarize(result as ChatResult | EmbedResult);
      const write = (answer: Result): CodedAnswer => toCoded(dialect.writeResult(answer, context), summary);
      return check ? check(result, summary).then(write) : write(result);
    },
    stream(head) {
      const { framing, open } = operation.stream ?? noStreams();
      const writer = given ?? dialect.stream?.open(context) ?? noStreams();
      return new StreamTranslator({
        reader: openFrames(framing),
        decoder: open(head, target),
        writer,
        asked: target.model,
      });
    },
  };
}

function toCoded(written: string | TypedBody, summary: AnswerSummary): CodedAnswer {
  if (typeof written === 'string') return { body: written, contentType: JSON_TYPE, summary };
  return { body: written.bytes, contentType: written.contentType, summary };
}

/** Reads a provider's stream in the provider's own words and writes nothing; for a type that is none of a stream's, nothing. */
export function watchStream<Event>(
  { stream }: Pick<Operation<unknown, unknown, Event>, 'stream'>,
  target: Target,
  head: ResponseHead,
): StreamScanner | undefined {
  const type = head.headers['content-type'] ?? '';
  if (!stream || !type.startsWith(streamTypeOf(stream))) return undefined;
  const parts = { reader: openFrames(stream.framing), decoder: stream.open(head, target), writer: SILENT };
  return new StreamTranslator({ ...parts, asked: target.model });
}

/** Some vendors do not say which model answered: then it is the one that was asked. */
function named<Result>(result: Result, model: string): Result {
  return (result as { readonly model?: unknown }).model === '' ? { ...result, model } : result;
}

function streamTypeOf({ framing, contentType }: NonNullable<Operation<unknown, unknown, unknown>['stream']>): string {
  return contentType ?? (framing === 'ndjson' ? 'application/x-ndjson' : EVENT_STREAM);
}

/** The reader of one stream's frames. */
function openFrames(framing: 'sse' | 'ndjson' | (() => FrameReader)): FrameReader {
  if (typeof framing === 'function') return framing();
  return framing === 'sse' ? createFrameReader() : createLineReader();
}

/** What settling needs; the characters stand in where the vendor does not say what was used. */
export function summarize(result: ChatResult | EmbedResult): AnswerSummary {
  if (!('content' in result)) return result;
  const { model, usage, finish, content, serviceTier } = result;
  const outputChars = content.reduce((sum, part) => sum + charsOf(part), 0);
  const known = { ...(usage ? { usage } : {}), ...(serviceTier === undefined ? {} : { serviceTier }) };
  return { model, finish, outputChars, ...known };
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
