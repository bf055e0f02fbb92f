import { gatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import type { Answer, Pipeline } from '@sluice/core';
import { isJsonObject, tryParseJson } from '@sluice/toolkit';
import type { DrillClock } from './drill-clock.js';
import type { AnswerKind } from './scenario.js';
import { ANSWER } from './stand-ins.js';

/** How an answer ended for its caller. */
export type Ending =
  /** All of it, and a clean end. */
  | 'whole'
  /** A plain HTTP error, before anything else. */
  | 'error'
  /** A beginning, then one error event. */
  | 'error-event'
  /** The caller left of its own accord. */
  | 'left'
  /** A clean end, but not all of the answer. */
  | 'cut'
  /** What is no answer of this API. */
  | 'garbled'
  /** None, for as long as the configuration allows and a minute more. */
  | 'hung';

/** What a caller saw of one request. */
export interface Seen {
  readonly requestId: string;
  readonly kind: AnswerKind;
  readonly ending: Ending;
  readonly status: number;
  /** The code of the error, where it was one. */
  readonly code?: string;
  /** PROVIDER/MODEL, by the headers. */
  readonly target?: string;
  /** By the body. */
  readonly model?: string;
  readonly hasUsage: boolean;
  readonly startedMs: number;
  /** From the request to the first words of a stream; absent where none came. */
  readonly firstMs?: number;
  /** From the request to the end of its answer. */
  readonly totalMs: number;
}

export interface Question {
  readonly requestId: string;
  readonly alias: string;
  readonly kind: AnswerKind;
  /** The caller leaves after the first words. */
  readonly leaves: boolean;
  /** Past this, an answer that has not ended hangs. */
  readonly limitMs: number;
}

const OPERATOR: Principal = {
  kind: 'admin',
  role: 'owner',
  keyId: 'drill',
  keyName: 'drill',
  tenant: 'default',
  limits: {},
};
const TRACE_ID = '0'.repeat(31) + '1';
const SPAN_ID = '0'.repeat(15) + '1';

/** Asks once, as a client of OpenAI's chat API does. The clock must be driven by somebody. */
export async function ask(question: Question, pipeline: Pipeline, clock: DrillClock): Promise<Seen> {
  const leaving = new AbortController();
  const reading = new Reading(question, clock);
  const { promise: hung, resolve } = Promise.withResolvers<'hung'>();
  const cancel = clock.after(question.limitMs, () => resolve('hung'));
  const read = async (): Promise<Ending> => {
    const answer = await pipeline(receive(question, leaving.signal));
    clock.stir();
    return reading.read(answer, () => leaving.abort(gatewayError('client_closed_request')));
  };
  const ending = await Promise.race([read(), hung]);
  cancel();
  const seen = reading.seen(ending);
  if (ending === 'hung') leaving.abort(gatewayError('client_closed_request'));
  return seen;
}

function receive({ requestId, alias, kind }: Question, signal: AbortSignal): Parameters<Pipeline>[0] {
  const body = {
    model: alias,
    messages: [{ role: 'user', content: 'Tell me of the well, in full.' }],
    ...(kind === 'stream' && { stream: true, stream_options: { include_usage: true } }),
  };
  return {
    requestId,
    headers: { 'content-type': 'application/json' },
    trace: { traceId: TRACE_ID, spanId: SPAN_ID, traceparent: `00-${TRACE_ID}-${SPAN_ID}-00` },
    signal,
    principal: OPERATOR,
    readBody: () => Promise.resolve(Buffer.from(JSON.stringify(body))),
  };
}

/** What is known of an answer so far. */
class Reading {
  readonly #question: Question;
  readonly #clock: DrillClock;
  readonly #startedMs: number;
  #status = 0;
  #text = '';
  #rest = '';
  #code: string | undefined;
  #target: string | undefined;
  #model: string | undefined;
  #hasUsage = false;
  #firstMs: number | undefined;
  #isFinished = false;
  #isDone = false;
  #errors = 0;

  constructor(question: Question, clock: DrillClock) {
    this.#question = question;
    this.#clock = clock;
    this.#startedMs = clock.monotonic();
  }

  async read(answer: Answer, leave: () => void): Promise<Ending> {
    const { headers, status } = answer;
    this.#status = status;
    const { 'x-sluice-provider': provider, 'x-sluice-model': model } = headers;
    if (provider !== undefined && model !== undefined) this.#target = `${provider}/${model}`;
    if (answer.kind === 'plain') return this.#readPlain(answer.body);
    return this.#readStream(answer.chunks, leave);
  }

  seen(ending: Ending): Seen {
    const { requestId, kind } = this.#question;
    return {
      requestId,
      kind,
      ending,
      status: this.#status,
      ...(this.#code !== undefined && { code: this.#code }),
      ...(this.#target !== undefined && { target: this.#target }),
      ...(this.#model !== undefined && { model: this.#model }),
      hasUsage: this.#hasUsage,
      startedMs: this.#startedMs,
      ...(this.#firstMs !== undefined && { firstMs: this.#firstMs }),
      totalMs: this.#clock.monotonic() - this.#startedMs,
    };
  }

  #readPlain(body: Uint8Array | string): Ending {
    const value = tryParseJson(typeof body === 'string' ? body : Buffer.from(body).toString());
    if (!isJsonObject(value)) return 'garbled';
    this.#take(value);
    if (this.#status >= 400) return this.#errors > 0 ? 'error' : 'garbled';
    if (this.#errors > 0) return 'garbled';
    return this.#text === ANSWER && this.#isFinished ? 'whole' : 'cut';
  }

  async #readStream(chunks: AsyncIterable<Uint8Array | string>, leave: () => void): Promise<Ending> {
    const decoder = new TextDecoder();
    for await (const chunk of chunks) {
      this.#clock.stir();
      this.#push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      if (this.#question.leaves && this.#text !== '') {
        leave();
        return 'left';
      }
    }
    if (this.#rest !== '') return 'garbled';
    if (this.#errors > 0) return this.#errors === 1 && !this.#isDone ? 'error-event' : 'garbled';
    return this.#text === ANSWER && this.#isFinished && this.#isDone ? 'whole' : 'cut';
  }

  #push(text: string): void {
    const frames = (this.#rest + text).split('\n\n');
    this.#rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame.split('\n').find((line) => line.startsWith('data: '));
      if (data === 'data: [DONE]') this.#isDone = true;
      else if (data !== undefined) this.#take(tryParseJson(data.slice('data: '.length)));
    }
  }

  /** A plain answer, or one event of a stream. */
  #take(value: unknown): void {
    if (!isJsonObject(value)) return void (this.#errors += 1);
    const { error, choices, usage, model } = value;
    if (isJsonObject(error)) {
      this.#errors += 1;
      this.#code = String(error['code']);
    }
    if (isJsonObject(usage)) this.#hasUsage = true;
    if (typeof model === 'string') this.#model = model;
    const [choice] = Array.isArray(choices) ? (choices as readonly unknown[]) : [];
    if (!isJsonObject(choice)) return;
    const said = choice['delta'] ?? choice['message'];
    const content = isJsonObject(said) ? said['content'] : undefined;
    if (typeof content === 'string' && content !== '') {
      this.#firstMs ??= this.#clock.monotonic() - this.#startedMs;
      this.#text += content;
    }
    if (typeof choice['finish_reason'] === 'string') this.#isFinished = true;
  }
}
