import type { GatewayError } from './errors.js';
import type { IncomingHeaders } from './identity.js';
import type { ChatEvent, ChatRequest, ChatResult, DialectId, Feature, JsonObject } from './models.js';
import type { EmbedRequest, EmbedResult } from './embeddings.js';
import type { Adjustment } from './provider.js';

/** One endpoint as its clients speak it. Pure: the app owns the socket. */
export interface Dialect<Request, Result, Event> {
  readonly id: DialectId;
  /** How bodies come; `json` where absent. A form's fields become an object, its files {@link UploadedFile}s in it. */
  readonly body?: 'json' | 'multipart';
  /** Checks every known field for type and range. Throws a {@link GatewayError} with `details.param`. */
  parse(body: unknown, address?: CallAddress): ParsedCall<Request>;
  /** The whole body of a plain answer. */
  writeResult(result: Result, context: WriteContext): string | TypedBody;
  readonly stream?: {
    /** One writer per answer; it holds what the grammar needs to remember. */
    open(context: WriteContext): StreamWriter<Event>;
  };
  writeError(error: GatewayError, context: ErrorContext): WrittenError;
  /** The one in-band error frame of a stream that failed after its first byte. */
  writeStreamError(error: GatewayError, context: ErrorContext): string;
}
/** A dialect whose plain answers are JSON. */
export interface JsonDialect<Request, Result, Event> extends Dialect<Request, Result, Event> {
  writeResult(result: Result, context: WriteContext): string;
}
export type ChatDialect = JsonDialect<ChatRequest, ChatResult, ChatEvent>;
export type EmbedDialect = JsonDialect<EmbedRequest, EmbedResult, never>;

/** What a request says outside its body. */
export interface CallAddress {
  readonly headers: IncomingHeaders;
  /** The parts of the path that the endpoint names, decoded: `model`. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: URLSearchParams;
}

/** A body that is not JSON. */
export interface TypedBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** A request that passed its dialect's checks. */
export interface ParsedCall<Request> {
  /** As the caller wrote it: an alias, `provider/model` or a bare name. */
  readonly model: string;
  readonly stream: boolean;
  /** Whether the caller asked for usage in the stream. Plain answers always carry it. */
  readonly wantsUsage: boolean;
  readonly features: readonly Feature[];
  readonly wire: JsonObject;
  /** False where the answer is in a form that no vendor is asked for, so that bytes cannot pass through. */
  readonly passes?: false;
  /** What the canonical form cannot say as it was asked. */
  readonly adjustments?: readonly Adjustment[];
  /** Of a streamed answer; `text/event-stream` where absent. */
  readonly streamType?: string;
  /** How long the text is that shall be read aloud: what some vendors charge for, and none of them counts. */
  readonly characters?: number;
  /** The canonical form, made on demand: a call that passes through never pays for it. */
  toRequest(): Request;
}

/** What an error is written with. */
export interface ErrorContext {
  readonly requestId: string;
  /** As the call has it. */
  readonly streamType?: string | undefined;
}

/** What an answer is written with. */
export interface WriteContext {
  readonly requestId: string;
  /** Unlike the request's id, never the same for two answers; what the dialect names and keeps is called after it. */
  readonly answerId: string;
  /** The caller's body, for a dialect that repeats it in its answers. */
  readonly wire?: JsonObject;
  /** Unix time in seconds of the answer. */
  readonly createdSeconds: number;
  readonly wantsUsage: boolean;
  /** As the call has it. */
  readonly streamType?: string | undefined;
}
/** Writes one streamed answer; holds its state. */
export interface StreamWriter<Event> {
  /** Zero or more whole frames. The frames for `finish` end the stream as the dialect ends it. */
  write(event: Event): string;
}
/** An error as an answer of the dialect. */
export interface WrittenError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
