import { gatewayError } from '@sluice/contract';
import type { Clock, Transport, UpstreamBody, UpstreamRequest, UpstreamResponse } from '@sluice/contract';

/** How a provider behaves for the time being. */
export const MOODS = [
  'well',
  'slow',
  'down',
  'hung',
  'silent',
  'failing',
  'cutting',
  'limiting',
  'limiting for 2 s',
  'refusing the key',
  'refusing the request',
] as const;
export type Mood = (typeof MOODS)[number];

const SLOW_MS = 700;
const GAP_MS = 40;
/** Words of a whole answer. */
export const WORDS = 4;

const STATUSES: Readonly<Partial<Record<Mood, number>>> = {
  failing: 500,
  limiting: 429,
  'limiting for 2 s': 429,
  'refusing the key': 401,
  'refusing the request': 400,
};

/** Providers by their hosts, each in its mood, behind a transport. No two calls say the same. */
export class MoodyProviders implements Transport {
  readonly #clock: Clock;
  readonly moods = new Map<string, Mood>();
  /** Calls that came. */
  asked = 0;
  /** Exchanges that have neither ended nor been closed. */
  open = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send(request: UpstreamRequest, _: unknown, signal: AbortSignal): Promise<UpstreamResponse> {
    signal.throwIfAborted();
    const call = (this.asked += 1);
    const mood = this.moods.get(request.url.hostname) ?? 'well';
    if (mood === 'down') throw gatewayError('upstream_connection_error');
    if (mood === 'hung') await this.#pass(Number.POSITIVE_INFINITY, signal);
    if (mood === 'slow') await this.#pass(SLOW_MS, signal);
    const status = STATUSES[mood] ?? 200;
    const isStream = status === 200 && textOf(request).includes('"stream":true');
    const type = isStream ? 'text/event-stream' : 'application/json';
    const hint = mood === 'limiting for 2 s' ? { 'retry-after': '2' } : {};
    this.open += 1;
    const body = new Body(this.#pieces(call, mood, { isStream, signal }), signal, () => (this.open -= 1));
    return { head: { status, headers: { 'content-type': type, ...hint } }, body };
  }

  async *#pieces(call: number, mood: Mood, { isStream, signal }: Asked): AsyncGenerator<string, void> {
    if (mood in STATUSES) return void (yield '{"error":{"message":"No."}}');
    if (mood === 'silent') await this.#pass(Number.POSITIVE_INFINITY, signal);
    if (isStream) return yield* this.#words(call, mood, signal);
    yield plain(call).slice(0, 20);
    if (mood === 'cutting') throw gatewayError('upstream_truncated');
    yield plain(call).slice(20);
  }

  async *#words(call: number, mood: Mood, signal: AbortSignal): AsyncGenerator<string, void> {
    for (let word = 0; word < WORDS; word += 1) {
      yield frame({ content: `w${call}.${word} ` });
      await this.#pass(GAP_MS, signal);
      if (mood === 'cutting' && word === call % WORDS) throw gatewayError('upstream_truncated');
    }
    yield `${frame({}, 'stop')}data: [DONE]\n\n`;
  }

  #pass(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = Number.isFinite(ms) ? this.#clock.after(ms, resolve) : () => undefined;
      const fail = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
  }
}

interface Asked {
  readonly isStream: boolean;
  readonly signal: AbortSignal;
}

function textOf({ body }: UpstreamRequest): string {
  if (typeof body === 'string') return body;
  return Buffer.concat(body === undefined ? [] : body instanceof Uint8Array ? [body] : body).toString();
}

const frame = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const plain = (call: number): string => {
  const message = { role: 'assistant', content: `w${call}.0 ` };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices });
};

/** A body of pieces, which is closed once. */
class Body implements UpstreamBody {
  readonly #pieces: AsyncGenerator<string, void>;
  readonly #signal: AbortSignal;
  readonly #closed: () => void;
  #isOpen = true;

  constructor(pieces: AsyncGenerator<string, void>, signal: AbortSignal, closed: () => void) {
    this.#pieces = pieces;
    this.#signal = signal;
    this.#closed = closed;
    signal.addEventListener('abort', () => this.cancel(), { once: true });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const { done, value } = await this.#pieces.next();
        if (done) return undefined;
        yield Buffer.from(value);
      }
    } finally {
      this.cancel();
    }
  }

  async bytes(): Promise<Uint8Array> {
    const all: Uint8Array[] = [];
    for await (const piece of this) all.push(piece);
    return Buffer.concat(all);
  }

  cancel(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#closed();
  }
}
