import type { IncomingHttpHeaders } from 'node:http';
import type { CacheRule } from '../prompt-cache.js';
import type { ChosenModel } from '../models.js';
import type { ContentStep, Fault, FinishReason } from '../steps.js';
import type { JsonObject, Question } from '../question.js';
import type { TokenCount } from '../tokens.js';
import type { VendorName } from '../personas.js';
import type { World } from '../world.js';

/** A piece of an answer's body. */
export type Chunk = string | Uint8Array;

/** What stays the same through one answer. */
export interface Identity {
  /** Unique within one simulator; counts its requests. */
  readonly number: number;
  readonly model: string;
  readonly createdSeconds: number;
}

/** How an answer ends. */
export interface Finish {
  readonly reason: FinishReason;
  /** The stop sequence that ended it. */
  readonly stop?: string;
}

/** A whole answer. */
export interface Answer {
  readonly content: readonly ContentStep[];
  /** Absent where the answer ends without one. */
  readonly finish?: Finish;
  /** Absent where the model withholds it. */
  readonly usage?: TokenCount;
}

/** The last of a stream; `terminal` is the frame by which clients know that nothing follows. */
export interface Ending {
  readonly body: Chunk;
  readonly terminal: Chunk;
}

/** One streamed answer in a vendor's form. Every function returns whole frames. */
export interface StreamRendering {
  /** Server-sent events where absent. */
  readonly contentType?: string;
  open(usage: TokenCount | undefined): Chunk;
  content(step: ContentStep): Chunk;
  keepAlive(): Chunk;
  finish(finish: Finish, usage: TokenCount | undefined): Ending;
  /** The in-band error that ends a stream. */
  fault(fault: Fault): Chunk;
  /** A frame whose payload is no JSON. */
  malformed(): Chunk;
}

/** A body that is no JSON. */
export interface OtherBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A request as its vendor understood it, and how the answer looks. */
export interface Call {
  readonly question: Question;
  readonly model: ChosenModel;
  /** Absent where a plain answer was asked for. */
  readonly stream?: (identity: Identity) => StreamRendering;
  plain(answer: Answer, identity: Identity): JsonObject | OtherBody;
}

/** A request as it came. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** As it came, with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** What stands in the path where the route has a name in braces, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly raw: Buffer;
  /** Empty where the request has none that is JSON. */
  readonly body: JsonObject;
  /** The fields of a form: texts, and the bytes of files. */
  readonly form?: JsonObject;
  readonly world: World;
}

/** What all endpoints of one vendor share. */
export interface Vendor {
  readonly name: VendorName;
  /** The header in which this vendor names the request. */
  readonly requestIdHeader: string;
  readonly cacheRule: CacheRule;
  /** Throws a `RequestFault` for a caller that this vendor does not know, or one that does not say its version. */
  admit(asked: Asked): void;
  /** The body of an HTTP error, also used for a fault inside a plain 200. `url` is what was asked for. */
  fault(fault: Fault, requestId: string, url: string): JsonObject | readonly JsonObject[];
  /** What stands in the head of an HTTP error beside the wait. */
  faultHeaders?(fault: Fault): Readonly<Record<string, string>>;
  /** Where this vendor says in its own way how long to wait. */
  retryHeaders?(ms: number): Readonly<Record<string, string>>;
}

/** A vendor's form: the only thing that a further dialect adds. Behaviours and player stay as they are. */
export interface Wire {
  readonly vendor: Vendor;
  /** Throws a `RequestFault` where the vendor would refuse. */
  read(asked: Asked): Call;
}

/** An endpoint that needs no mind: it lists, counts or forgets. */
export interface Plain {
  readonly vendor: Vendor;
  /** Throws a `RequestFault` where the vendor would refuse. */
  answer(asked: Asked): JsonObject;
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

/** A run of steps of one kind as one, tool calls each by itself. */
export function joinSteps(content: readonly ContentStep[]): readonly ContentStep[] {
  const joined: ContentStep[] = [];
  for (const step of content) {
    const last = joined.at(-1);
    if (step.type === 'tool-call' || last?.type !== step.type) joined.push(step);
    else if ('text' in last) joined[joined.length - 1] = { ...step, text: last.text + step.text };
  }
  return joined;
}
