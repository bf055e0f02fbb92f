import type {
  AnswerSummary,
  ChatResult,
  EmbedResult,
  GatewayError,
  Operation,
  Operations,
  Passthrough,
  RecognisedCall,
  ResponseHead,
  StreamScanner,
  Target,
} from '@sluice/contract';
import { summarize, watchStream } from '../codec.js';
import { isCompressed, isOfType } from '../response-type.js';
import type { RawQuestion } from './raw-question.js';

/** Up to this size an answer is kept to be read at its end. */
const MAX_METERED_BYTES = 33_554_432;
const EVENT_STREAM = 'text/event-stream';

/** Watches an answer as it passes, and changes nothing of it. */
export interface RawMeter {
  push(read: Uint8Array): void;
  /** The answer has ended as HTTP ends it. Throws `upstream_truncated` for a stream that lacks its own end. */
  end(): void;
  /** The frame that ends a stream was there: nothing of the answer is missing. */
  readonly finished: boolean;
  /** What the provider reported inside its answer. */
  readonly failure: GatewayError | undefined;
  /** What is known so far; nothing where the answer cannot be read. */
  summary(): AnswerSummary | undefined;
}

export interface MeteredCall {
  readonly recognised: RecognisedCall | undefined;
  readonly question: RawQuestion;
  readonly operations: Operations;
  readonly target: Target;
}

type AnyOperation = Operation<unknown, unknown, unknown>;

/** The meter for an answer with this head; nothing where nobody knows how to read it. */
export function createMeter(call: MeteredCall, head: ResponseHead): RawMeter | undefined {
  const { operation: name, dialect, inspect } = call.recognised ?? {};
  if (inspect && !isCompressed(head) && !isOfType(head, EVENT_STREAM))
    return new WholeMeter((body) => inspect(body, head));
  const operation = name && (call.operations[name] as AnyOperation | undefined);
  if (!operation || isCompressed(head)) return undefined;
  if (dialect === undefined) return codecMeter(operation, call.target, head);
  const through = operation.passthroughs?.find(
    (one) => one.dialect === dialect && (one.serves?.(call.target.model) ?? true),
  );
  return through && passthroughMeter(through, call.question, head);
}

function passthroughMeter(through: Passthrough, question: RawQuestion, head: ResponseHead): RawMeter | undefined {
  if (!isOfType(head, EVENT_STREAM)) return new WholeMeter((body) => through.inspect(body, head));
  const { body, wire } = question;
  const scanner = through.scanner?.({ body, wire, stream: true, wantsUsage: true, headers: {} });
  return scanner && new StreamMeter(scanner);
}

function codecMeter(operation: AnyOperation, target: Target, head: ResponseHead): RawMeter {
  const scanner = watchStream(operation, target, head);
  if (scanner) return new StreamMeter(scanner);
  return new WholeMeter((body) => summarize(operation.decode(body, head, target) as ChatResult | EmbedResult));
}

class StreamMeter implements RawMeter {
  readonly #scanner: StreamScanner;

  constructor(scanner: StreamScanner) {
    this.#scanner = scanner;
  }

  get finished(): boolean {
    return this.#scanner.finished;
  }

  get failure(): GatewayError | undefined {
    return this.#scanner.failure;
  }

  push(read: Uint8Array): void {
    this.#scanner.push(read);
  }

  end(): void {
    this.#scanner.end();
  }

  summary(): AnswerSummary {
    return this.#scanner.summary();
  }
}

/** For an answer that says what was used in one piece. */
class WholeMeter implements RawMeter {
  readonly finished = false;
  readonly failure = undefined;
  readonly #inspect: (body: Uint8Array) => AnswerSummary;
  #reads: Uint8Array[] | undefined = [];
  #length = 0;
  #ended = false;

  constructor(inspect: (body: Uint8Array) => AnswerSummary) {
    this.#inspect = inspect;
  }

  push(read: Uint8Array): void {
    this.#length += read.length;
    if (this.#length <= MAX_METERED_BYTES) this.#reads?.push(read);
    else this.#reads = undefined;
  }

  end(): void {
    this.#ended = true;
  }

  /** An answer that is not as expected is the caller's to judge: then nothing is known of it. */
  summary(): AnswerSummary | undefined {
    const reads = this.#ended ? this.#reads : undefined;
    this.#reads = undefined;
    if (!reads) return undefined;
    try {
      return this.#inspect(reads.length === 1 ? (reads[0] as Uint8Array) : Buffer.concat(reads));
    } catch {
      return undefined;
    }
  }
}
