import { gatewayError } from '@sluice/contract';
import type { ErrorCode, Transport, UpstreamBody, UpstreamRequest, UpstreamResponse } from '@sluice/contract';

/** What one answer does, read by read; after the last step it has ended as it should. */
export type Step =
  | string
  | { readonly hang: true }
  | { readonly fail: ErrorCode }
  /** Says this once the promise has resolved. */
  | { readonly after: Promise<unknown>; readonly say: string };
export const HANG: Step = { hang: true };
export interface Script {
  /** No head comes: `hang` waits for ever, a code fails. */
  readonly head?: 'hang' | ErrorCode;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

const SSE = { 'content-type': 'text/event-stream' };
const frame = (content: string): string => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
export const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
export const DONE = 'data: [DONE]\n\n';

/** A plain answer of this text. */
export function saying(text: string): Script {
  const usage = { prompt_tokens: 3, completion_tokens: 5 };
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
  return { steps: [JSON.stringify({ model: 'm', choices, usage })] };
}

/** A stream: a word is a frame with that word, anything else stands for itself. */
export function streaming(...steps: readonly Step[]): Script {
  const toStep = (step: Step): Step => (typeof step === 'string' && /^\w+$/.test(step) ? frame(step) : step);
  return { headers: SSE, steps: steps.map(toStep) };
}

/** The texts of a script, one after the other. */
export function textOf({ steps = [] }: Script): string {
  return steps.filter((step) => typeof step === 'string').join('');
}

export interface ScriptedTransport extends Transport {
  readonly requests: readonly UpstreamRequest[];
  /** Exchanges that have neither ended nor been closed. */
  readonly open: number;
}

/** A transport whose answers stand in scripts: the next request gets the next script, the last one repeats. */
export function scriptedTransport(scripts: readonly Script[]): ScriptedTransport {
  const requests: UpstreamRequest[] = [];
  const open = new Set<unknown>();
  return {
    requests,
    get open() {
      return open.size;
    },
    async send(request, _options, signal) {
      signal.throwIfAborted();
      const script = scripts[Math.min(requests.length, scripts.length - 1)] ?? {};
      requests.push(request);
      if (script.head === 'hang') await aborted(signal);
      else if (script.head !== undefined) throw gatewayError(script.head);
      return respond(script, open, signal);
    },
  };
}

function respond(
  { status = 200, headers = {}, steps = [] }: Script,
  open: Set<unknown>,
  signal: AbortSignal,
): UpstreamResponse {
  const body = new ScriptedBody(steps, { signal, closed: () => void open.delete(body) });
  open.add(body);
  return { head: { status, headers }, body };
}

class ScriptedBody implements UpstreamBody, AsyncIterator<Uint8Array, undefined> {
  readonly #steps: Step[];
  readonly #life: { readonly signal: AbortSignal; readonly closed: () => void };
  #cancelled = false;

  constructor(steps: readonly Step[], life: { readonly signal: AbortSignal; readonly closed: () => void }) {
    this.#steps = [...steps];
    this.#life = life;
    life.signal.addEventListener('abort', () => this.cancel());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { signal } = this.#life;
    signal.throwIfAborted();
    if (this.#cancelled) throw gatewayError('client_closed_request');
    const step = this.#steps.shift();
    if (typeof step === 'string') return { done: false, value: Buffer.from(step) };
    if (step && 'hang' in step) await aborted(signal);
    if (step && 'after' in step) {
      await Promise.race([step.after, aborted(signal)]);
      return { done: false, value: Buffer.from(step.say) };
    }
    this.#life.closed();
    if (step && 'fail' in step) throw gatewayError(step.fail);
    return { done: true, value: undefined };
  }

  async bytes(maxBytes: number): Promise<Uint8Array> {
    const reads: Uint8Array[] = [];
    for await (const read of { [Symbol.asyncIterator]: () => this }) reads.push(read);
    const all = Buffer.concat(reads);
    if (all.length > maxBytes) throw gatewayError('upstream_invalid_response');
    return all;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#life.closed();
  }
}

/** Rejects with the signal's reason once it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
