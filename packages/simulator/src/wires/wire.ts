import type { JsonObject, Question } from '../question.js';
import type { ContentStep, Fault, FinishReason } from '../steps.js';
import type { TokenCount } from '../tokens.js';

/** What stays the same through one answer. */
export interface Identity {
  /** Unique within one simulator; counts its requests. */
  readonly number: number;
  readonly model: string;
  readonly createdSeconds: number;
}

/** A whole answer. */
export interface Answer {
  readonly content: readonly ContentStep[];
  /** Absent where the answer ends without one. */
  readonly finish?: FinishReason;
  /** Absent where the model withholds it. */
  readonly usage?: TokenCount;
}

/** One streamed answer in a vendor's form. Every function returns whole frames. */
export interface StreamRendering {
  open(usage: TokenCount | undefined): string;
  content(step: ContentStep): string;
  keepAlive(): string;
  finish(reason: FinishReason, usage: TokenCount | undefined): string;
  /** The in-band error that ends a stream. */
  fault(fault: Fault): string;
}

/** A request as its vendor understood it, and how the answer looks. */
export interface Call {
  readonly question: Question;
  /** Absent where a plain answer was asked for. */
  readonly stream?: (identity: Identity) => StreamRendering;
  plain(answer: Answer, identity: Identity): JsonObject;
}

/** A vendor's form: the only thing that a further dialect adds. Behaviours and player stay as they are. */
export interface Wire {
  /** Throws a `RequestFault` where the vendor would refuse. */
  read(body: JsonObject): Call;
  /** The body of an HTTP error, also used for a fault inside a plain 200. */
  fault(fault: Fault, requestId: string): JsonObject;
  /** The header in which this vendor names the request. */
  readonly requestIdHeader: string;
}

/** A server-sent event. */
export function frame(value: unknown, event?: string): string {
  const data = typeof value === 'string' ? value : JSON.stringify(value);
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}

/** Text in pieces of at most `size` characters; at least one piece, for vendors begin an empty one too. */
export function pieces(text: string, size = 12): readonly string[] {
  return text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [''];
}

/** A number in an id: `000007`. */
export function padded(number: number): string {
  return String(number).padStart(6, '0');
}
