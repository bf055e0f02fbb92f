import type { History, HistoryCapture } from '@sluice/contract';
import type { Answer } from './answer.js';
import type { Call } from './call.js';

type Chunk = Uint8Array | string;
type Read = IteratorResult<Chunk, undefined>;

/** Shows the history what the caller sent, and what it gets from here on. Of a request without a row, it learns nothing. */
export function tellHistory(
  { call, history }: { readonly call: Call; readonly history: History },
  answer: Answer,
): Answer {
  const { given, received, requestedModel: model } = call;
  if (!call.accepted || !given) return answer;
  const contentType = received.headers['content-type'];
  const request = { id: received.requestId, model, contentType: String(contentType ?? ''), body: given };
  const capture = history.begin(request, answer.headers['content-type'] ?? '');
  if (!capture) return answer;
  if (answer.kind === 'stream')
    return { ...answer, chunks: new ToldChunks(answer.chunks, capture, () => hasFailed(call)) };
  capture.push(answer.body);
  capture.end(hasFailed(call));
  return answer;
}

/** Work that goes on without its caller has not failed yet. */
function hasFailed({ scope: { outcome } }: Call): boolean {
  return outcome !== undefined && outcome.kind !== 'completed';
}

/** Chunks as they pass. */
class ToldChunks implements AsyncIterableIterator<Chunk, undefined> {
  readonly #reads: AsyncIterator<Chunk, undefined>;
  readonly #capture: HistoryCapture;
  readonly #hasFailed: () => boolean;

  constructor(chunks: AsyncIterable<Chunk, undefined>, capture: HistoryCapture, hasFailed: () => boolean) {
    this.#reads = chunks[Symbol.asyncIterator]();
    this.#capture = capture;
    this.#hasFailed = hasFailed;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Read> {
    try {
      const read = await this.#reads.next();
      if (read.done) this.#capture.end(this.#hasFailed());
      else this.#capture.push(read.value);
      return read;
    } catch (cause) {
      this.#capture.end(true);
      throw cause;
    }
  }

  async return(): Promise<Read> {
    const left = (await this.#reads.return?.()) ?? { done: true, value: undefined };
    this.#capture.end(this.#hasFailed());
    return left;
  }
}
