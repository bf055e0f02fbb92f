import type { z } from 'zod';
import type { ModelFacts } from './catalogue.js';
import type { GatewayError } from './errors.js';
import type { ChatEvent, ChatRequest, ChatResult, DialectId, Feature, Finish, JsonObject, Usage } from './models.js';
import type { EmbedRequest, EmbedResult } from './embeddings.js';
import type {
  ImageRequest,
  ImageResult,
  ModerationRequest,
  ModerationResult,
  RerankRequest,
  RerankResult,
  SpeechRequest,
  SpeechResult,
  TokenCount,
  TranscriptionRequest,
  TranscriptionResult,
} from './media.js';
import type { IncomingHeaders } from './identity.js';
import type { Clock } from './ports.js';

/** Where a secret stands; never the secret itself, so a configuration is always safe to print. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** What a provider package exports by name. Importing it has no side effect. */
export interface ProviderDefinition<Settings = unknown> {
  /** The `kind` that chooses this adapter in the operator's file. */
  readonly kind: string;
  /** Checked when the app registers the adapter. */
  readonly contractVersion: 1;
  /** The package owns the schema of its settings: a strict zod object with `kind: z.literal(...)`. */
  readonly settings: z.ZodType<Settings>;
  /** Wiring only, no I/O. */
  create(settings: Settings, deps: ProviderDeps): Provider;
}
export interface ProviderDeps {
  readonly clock: Clock;
  /** Read again for every call, so that keys rotate. Rejects when the secret cannot be read. */
  readonly secret: (ref: SecretRef) => Promise<string>;
  /** A call of the adapter's own, such as minting a token. Resolves with any status; rejects as a transport does. */
  readonly send: (request: UpstreamRequest, signal: AbortSignal) => Promise<WholeResponse>;
}
export interface WholeResponse {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/** One configured account at one vendor. */
export interface Provider {
  readonly baseUrl: URL;
  readonly operations: Operations;
  /** Lists the vendor's models, where the vendor can. */
  readonly models?: ModelListing;
  /** What is known of requests that are passed on as they came, at any address below `baseUrl`. */
  readonly raw?: RawApi;
  /** Adds credentials, last of all. May mint tokens; honours the signal. */
  authorize(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamRequest>;
  /** Total: any failure in, one error of the table out. Never throws. */
  classify(failure: UpstreamFailure): GatewayError;
}

/** One vendor's API for callers who speak it themselves. Pure, like a codec. */
export interface RawApi {
  /** What goes with a request: what the account always sends, and of a caller's headers those that the vendor defines. */
  headersFor(caller: IncomingHeaders): Readonly<Record<string, string>>;
  /** Headers of the vendor's answers that callers may see beside HTTP's own; a `*` at the end stands for any rest. */
  readonly answerHeaders: readonly string[];
  /** What a request asks for, so that its answer can be metered; nothing for an address that the adapter does not know. */
  recognise(address: RawAddress): RecognisedCall | undefined;
}
export interface RawAddress {
  readonly method: HttpMethod;
  /** Below `baseUrl`, as it goes out: `chat/completions`. */
  readonly path: string;
}
/** What is known of a request by its address. */
export interface RecognisedCall {
  /** The operation whose answers the adapter can read; absent where it knows no more than the model. */
  readonly operation?: OperationName;
  /** The one among its `passthroughs`; its codec where absent. */
  readonly dialect?: DialectId;
  /** The vendor's name for the model, where the address has it; else the body's `model` is. */
  readonly model?: string;
  /** Where the address says that a stream is asked for; else the body's `stream` does. */
  readonly stream?: true;
  /** Reads a whole answer, where that is another than the operation's. May throw. */
  inspect?(body: Uint8Array, head: ResponseHead): AnswerSummary;
}

/** Absent key = unsupported. A new operation never breaks an adapter. */
export interface Operations {
  readonly chat?: Operation<ChatRequest, ChatResult, ChatEvent>;
  readonly embed?: Operation<EmbedRequest, EmbedResult, never>;
  readonly countTokens?: Operation<ChatRequest, TokenCount, never>;
  readonly image?: Operation<ImageRequest, ImageResult, never>;
  readonly speech?: Operation<SpeechRequest, SpeechResult, never>;
  readonly transcription?: Operation<TranscriptionRequest, TranscriptionResult, never>;
  readonly moderation?: Operation<ModerationRequest, ModerationResult, never>;
  readonly rerank?: Operation<RerankRequest, RerankResult, never>;
}
export type OperationName = keyof Operations;

/** A codec: pure, synchronous, idempotent. Core calls `encode` again on every attempt. */
export interface Operation<Request, Result, Event> {
  readonly features: ReadonlySet<Feature>;
  encode(request: Request, target: Target): Encoded;
  /** Throws `upstream_invalid_response` or `upstream_truncated`. The target is the one that was asked. */
  decode(body: Uint8Array, head: ResponseHead, target: Target): Result;
  readonly stream?: {
    /** How the bytes fall into frames; a reader of its own for a framing that only one vendor has. */
    readonly framing: 'sse' | 'ndjson' | (() => FrameReader);
    /** How the type of a streamed answer begins. `text/event-stream` or `application/x-ndjson` where absent. */
    readonly contentType?: string;
    /** One decoder per attempt; it holds that stream's state. */
    open(head: ResponseHead, target: Target): StreamDecoder<Event>;
  };
  /**
   * How this model goes on with an answer that was begun for it: the text of an assistant's message that comes last.
   * Absent, or nothing for the model, where it answers such a message instead, refuses it, or is not known to do either.
   */
  prefill?(target: Target): Prefill | undefined;
  /** One for each client dialect that the vendor speaks itself: bytes may then pass without being re-encoded. */
  readonly passthroughs?: readonly Passthrough[];
}

/** An answer that goes on from a beginning. */
export interface Prefill {
  /** Whether it says the beginning again. */
  readonly repeats: boolean;
}

/** Push a frame, get zero or more events. No timers, no promises, no buffering of finished text. */
export interface StreamDecoder<Event> {
  /** Throws a {@link GatewayError} for an in-band vendor error. */
  push(frame: Frame): readonly Event[];
  /** Throws `upstream_truncated` if no terminal frame came. */
  end(): readonly Event[];
}

/** How bytes travel when caller and vendor speak the same dialect. Pure, like a codec. */
export interface Passthrough {
  readonly dialect: DialectId;
  /** Whether the vendor speaks this dialect for the model; for every one where absent. */
  serves?(model: string): boolean;
  /** `any`: a plain answer need not be JSON, and keeps the type that the vendor gave it. */
  readonly answers?: 'json' | 'any';
  /** False for a call that this vendor would not understand as its dialect means it: it goes through the codec. */
  takes?(call: RawCall, target: Target): boolean;
  /** The caller's bytes with the model name replaced in place and nothing else changed that need not be. */
  encode(call: RawCall, target: Target): UpstreamRequest;
  /** Reads what settling needs from a plain answer. Throws `upstream_invalid_response` or `upstream_truncated`. */
  inspect(body: Uint8Array, head: ResponseHead): AnswerSummary;
  /** Watches one streamed answer. Absent where the operation has no streams. */
  scanner?(call: RawCall): StreamScanner;
}

/** A request as it came, already checked by the dialect. */
export interface RawCall {
  readonly body: Uint8Array;
  /** Where the value of `model` stands in the body, where it comes first and is known to be the only one. */
  readonly modelAt?: { readonly start: number; readonly end: number };
  /**
   * What the bytes say, to look at: in a large body, of a long string there may be the beginning only. What is sent is
   * made of the bytes.
   */
  readonly wire: JsonObject;
  readonly stream: boolean;
  /** False when a streaming caller did not ask for usage: the gateway asks for itself and keeps the chunk. */
  readonly wantsUsage: boolean;
  /** The caller's headers, lower case; the adapter takes only what its dialect defines. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What settling needs to know of an answer. */
export interface AnswerSummary {
  readonly model?: string;
  readonly usage?: Usage;
  readonly finish?: Finish;
  /** The service tier that was used, in the vendor's words; it decides the price. */
  readonly serviceTier?: string;
  /** Characters of output seen, for an estimate where no usage came. */
  readonly outputChars?: number;
  /** Set where usage is there and its counts are none. */
  readonly isUsageOdd?: true;
}

/** Looks at each network read of a stream as it passes. */
export interface StreamScanner {
  /**
   * Takes one read, returns the bytes to forward: whole frames only, often the very buffer it was given, empty while a
   * frame is incomplete. Frames before an in-band error are still returned; `failure` then tells.
   */
  push(read: Uint8Array): Uint8Array;
  /** The upstream ended. Returns bytes still owed; throws `upstream_truncated` if the answer had not come to its end. */
  end(): Uint8Array;
  /** True once a frame with content, or the terminal frame, was seen: the commit point. */
  readonly committed: boolean;
  /** True once the frame that ends the answer was seen: whoever leaves now misses nothing. */
  readonly finished: boolean;
  /** Grows with every frame that brings the answer forward; comments and pings leave it as it is. */
  readonly progress: number;
  readonly failure: GatewayError | undefined;
  summary(): AnswerSummary;
  /** What the model wrote, or its beginning, for whom has to count it. */
  outputText?(): OutputText;
}
/** What a model wrote, for a count of its tokens. */
export interface OutputText {
  readonly text: string;
  /** How much of all output it is, from 0 to 1. */
  readonly share: number;
}

/** How the account's list of models is asked for and read. */
export interface ModelListing {
  request(): UpstreamRequest;
  /** Model ids. Throws `upstream_invalid_response`. */
  decode(body: Uint8Array): readonly string[];
}

/** One model at one provider. `provider` is the operator's name for it, `model` the vendor's. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl: URL;
  /** What the catalogue knows of the model; an adapter's own rules are for models without. */
  readonly facts?: ModelFacts;
}
/** A request in the vendor's words, with what became of the caller's. */
export interface Encoded {
  readonly request: UpstreamRequest;
  /** Parameters that this vendor cannot take as they were asked. */
  readonly adjustments: readonly Adjustment[];
}
/** Something of a request that did not go as it was asked. Callers see it in `x-sluice-adjustments`. */
export interface Adjustment {
  /** By the name that the caller knows it by. */
  readonly parameter: string;
  /** Left out; made up for by other means; or sent as something near to it. */
  readonly action: 'dropped' | 'emulated' | 'changed';
}
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
/** A request as it goes over the wire; its credentials come with `authorize`. */
export interface UpstreamRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent one after the other; a large body need not be copied to change its beginning. */
  readonly body?: Uint8Array | string | readonly Uint8Array[];
}
/** Status and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Lower-case names; a header that came twice is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
}
/** Turns network reads into frames, wherever a read was cut. */
export interface FrameReader {
  /** The frames that this read completed. Throws `upstream_invalid_response` for bytes that are none. */
  push(read: Uint8Array): readonly Frame[];
  /** The rest, where the framing has no mark at the end of the last frame. */
  end?(): readonly Frame[];
}
/** One server-sent event, or one line of JSON. */
export interface Frame {
  readonly event?: string | undefined;
  readonly data: string;
}
/** What went wrong at a provider, as `classify` is told of it. */
export type UpstreamFailure =
  /** No answer arrived, or its body broke: the socket's or a deadline's error, already of the table. */
  | { readonly stage: 'transport'; readonly error: GatewayError }
  /** An answer with a status outside 200-299. */
  | { readonly stage: 'status'; readonly head: ResponseHead; readonly body: Uint8Array }
  /** An error inside a 200 answer. */
  | { readonly stage: 'in-band'; readonly frame: Frame };
