import { gatewayError } from '@sluice/contract';
import type { DetachedAnswer, Frame, GatewayError, JsonObject } from '@sluice/contract';
import { createFrameReader, isJsonObject, tryParseExact, writeFrame } from '@sluice/toolkit';
import { EventLog } from './event-log.js';
import { toFailure } from './failure.js';
import type { ResponseFailure } from './failure.js';

/** Of the events of one response, about so much is kept. */
const MAX_LOG_CHARS = 8_388_608;
const FINAL: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed']);
const BROKEN_OFF: ResponseFailure = { code: 'server_error', message: 'The response broke off.' };

export interface BackgroundInit {
  readonly keyId: string;
  /** The response as it stands in the queue, under the id that it keeps. */
  readonly queued: JsonObject;
  /** Whether its events are kept to be followed. */
  readonly streamed: boolean;
  /** Takes its last state; once, unless it is to be forgotten. */
  keep(response: JsonObject): void;
  onError(cause: unknown): void;
}

/** One response that is made while nobody waits for it. */
export class BackgroundResponse {
  readonly keyId: string;
  readonly log: EventLog | undefined;
  readonly #init: BackgroundInit;
  readonly #controller = new AbortController();
  readonly #output: unknown[] = [];
  readonly #done = Promise.withResolvers<void>();
  #response: JsonObject;
  #isOver = false;
  #isForgotten = false;

  constructor(init: BackgroundInit) {
    this.#init = init;
    this.keyId = init.keyId;
    this.#response = init.queued;
    this.log = init.streamed ? new EventLog(MAX_LOG_CHARS) : undefined;
    this.#emit('response.created', { response: init.queued });
    this.#emit('response.queued', { response: init.queued });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** As far as it has come. */
  get response(): JsonObject {
    return this.#response;
  }

  /** Resolves when its call has ended too. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Ends the call at the provider, and the response with what there is of it. */
  cancel(): void {
    this.#finish('response.failed', { ...this.#response, status: 'cancelled' });
    this.#controller.abort(gatewayError('client_closed_request', { message: 'The response was cancelled.' }));
  }

  /** Cancels it, and keeps nothing. */
  forget(): void {
    this.#isForgotten = true;
    this.cancel();
  }

  /** Ends it because of something that its caller has not done. */
  stop(reason: GatewayError, failure: ResponseFailure): void {
    this.#fail(failure);
    this.#controller.abort(reason);
  }

  /** Reads the answer to its end. Never rejects. */
  async take(answer: Promise<DetachedAnswer>): Promise<void> {
    try {
      const made = await answer;
      if (made.kind === 'stream') await this.#read(made.chunks);
      else this.#fail(toFailure(errorOf(made.body)));
    } catch (cause) {
      this.#init.onError(cause);
    } finally {
      this.#fail(BROKEN_OFF);
      this.#done.resolve();
    }
  }

  async #read(chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
    const reader = createFrameReader();
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (const frame of reader.push(bytes)) this.#note(frame);
    }
  }

  #note({ event, data }: Frame): void {
    const payload = tryParseExact(data);
    if (!isJsonObject(payload) || this.#isOver) return;
    const type = typeof payload.type === 'string' ? payload.type : (event ?? '');
    if (type === 'error') return this.#fail(toFailure(payload.error ?? payload));
    if (type === 'response.output_item.done') this.#output.push(payload.item);
    if (!isJsonObject(payload.response)) {
      if (type === 'response.output_item.done') this.#response = { ...this.#response, output: [...this.#output] };
      return this.#emit(type, payload);
    }
    // Its own beginning was told when it was queued.
    if (type === 'response.created' || type === 'response.queued') return;
    const response = this.#asOwn(payload.response);
    if (FINAL.has(type)) return this.#finish(type, response);
    this.#response = response;
    this.#emit(type, { ...payload, response });
  }

  /** The provider may have another id for it, and was asked to answer at once. */
  #asOwn(response: JsonObject): JsonObject {
    const { id, previous_response_id: previous } = this.#init.queued;
    return { ...response, id, previous_response_id: previous, background: true };
  }

  #fail(error: ResponseFailure): void {
    this.#finish('response.failed', { ...this.#response, status: 'failed', error });
  }

  #finish(type: string, response: JsonObject): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#response = response;
    this.#emit(type, { response });
    this.log?.end();
    if (!this.#isForgotten) this.#init.keep(response);
  }

  #emit(type: string, payload: JsonObject): void {
    const { log } = this;
    if (!log) return;
    log.add(writeFrame({ event: type, data: JSON.stringify({ ...payload, type, sequence_number: log.next }) }));
  }
}

function errorOf(body: Uint8Array | string): unknown {
  const answer = tryParseExact(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  return isJsonObject(answer) ? answer.error : undefined;
}
