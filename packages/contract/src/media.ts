import type { DialectId, ImagePart, JsonObject, TextPart, Usage } from './models.js';

/** Fields of the caller's dialect that the canonical request has no place for. */
interface Extended {
  readonly extensions?: { readonly dialect: DialectId; readonly fields: JsonObject };
}

/** What a prompt would cost, asked without an answer. */
export interface TokenCount {
  readonly inputTokens: number;
  readonly cachedInputTokens?: number;
}

/** Pictures from a text. */
export interface ImageRequest extends Extended {
  readonly prompt: string;
  readonly count?: number;
  /** `1024x1024`, `auto` or a ratio such as `16:9`. */
  readonly size?: string;
  readonly quality?: string;
  readonly style?: string;
  readonly background?: 'transparent' | 'opaque' | 'auto';
  readonly outputFormat?: 'png' | 'jpeg' | 'webp';
  /** How a picture comes back; the vendor decides where absent. */
  readonly delivery?: 'url' | 'base64';
  readonly user?: string;
}
/** `url` or `base64`, as the vendor gives it. */
export interface GeneratedImage {
  readonly url?: string;
  readonly base64?: string;
  readonly mediaType?: string;
  /** The prompt as the vendor rewrote it. */
  readonly revisedPrompt?: string;
}
/** Pictures, in the order of the vendor. */
export interface ImageResult {
  readonly model: string;
  readonly images: readonly GeneratedImage[];
  readonly usage?: Usage;
}

/** A text read aloud. */
export interface SpeechRequest extends Extended {
  readonly input: string;
  readonly voice: string;
  readonly instructions?: string;
  /** `mp3`, `opus`, `aac`, `flac`, `wav` or `pcm`. */
  readonly format?: string;
  /** 1 is the voice's own pace. */
  readonly speed?: number;
}
/** A text as it was read aloud. */
export interface SpeechResult {
  readonly model: string;
  readonly audio: Uint8Array;
  readonly contentType: string;
  readonly usage?: Usage;
}

/** A file out of a `multipart/form-data` body. */
export interface UploadedFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A recording written down. */
export interface TranscriptionRequest extends Extended {
  readonly audio: UploadedFile;
  /** ISO 639-1. */
  readonly language?: string;
  readonly prompt?: string;
  readonly temperature?: number;
  readonly format?: 'json' | 'text' | 'srt' | 'vtt' | 'verbose_json';
  readonly timestamps?: readonly ('word' | 'segment')[];
}
/** In seconds from the beginning. */
export interface TimedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
/** What a recording says. */
export interface TranscriptionResult {
  readonly model: string;
  readonly text: string;
  readonly language?: string;
  readonly durationSeconds?: number;
  readonly segments?: readonly TimedText[];
  readonly words?: readonly TimedText[];
  readonly usage?: Usage;
}

/** Texts, or one message of texts and images, to be judged. */
export interface ModerationRequest extends Extended {
  readonly inputs: readonly (readonly (TextPart | ImagePart)[])[];
}
/** What was judged of one input. */
export interface ModerationVerdict {
  readonly flagged: boolean;
  /** By the vendor's own category names, from 0 to 1. */
  readonly scores: Readonly<Record<string, number>>;
  readonly categories: Readonly<Record<string, boolean>>;
}
/** Judgements, in the order of the inputs. */
export interface ModerationResult {
  readonly id: string;
  readonly model: string;
  /** One for each input. */
  readonly verdicts: readonly ModerationVerdict[];
  readonly usage?: Usage;
}

/** Documents in the order in which they answer a query. */
export interface RerankRequest extends Extended {
  readonly query: string;
  readonly documents: readonly string[];
  readonly topN?: number;
  readonly returnDocuments?: boolean;
  readonly maxTokensPerDocument?: number;
}
/** How well one document answers the query. */
export interface RankedDocument {
  /** Position among the documents asked about. */
  readonly index: number;
  readonly score: number;
  readonly document?: string;
}
/** The documents that were kept of those asked about. */
export interface RerankResult {
  readonly id?: string;
  readonly model: string;
  /** Best first. */
  readonly results: readonly RankedDocument[];
  readonly usage?: Usage;
}
