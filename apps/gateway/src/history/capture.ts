import type { HistoryCapture, HistoryRequest } from '@sluice/contract';
import { LOOKAHEAD } from './redact-body.js';
import type { CapturedBody } from './redact-body.js';
import type { Redact } from './redact-json.js';

/** What is kept of the requests for one model. */
export interface Policy {
  readonly bodies: 'errors' | 'all';
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly redact: Redact;
}

/** Both bodies of a request, not yet redacted. */
export interface CapturedRequest {
  readonly id: string;
  readonly policy: Policy;
  readonly request: CapturedBody;
  readonly response: CapturedBody;
  /** What is held for it. */
  readonly bytes: number;
}

export interface Keeper {
  /** False where there is no room for so many bytes more. */
  hold(bytes: number): boolean;
  release(bytes: number): void;
  keep(captured: CapturedRequest): void;
  /** Nothing is kept of a request of which something was to be kept. */
  drop(): void;
}

/** One request as it is captured. Where there is no room, it gives up and lets go of what it holds. */
export class Capture implements HistoryCapture {
  readonly #policy: Policy;
  readonly #contentType: string;
  readonly #keeper: Keeper;
  readonly #limit: number;
  #asked: { readonly id: string; readonly request: CapturedBody } | undefined;
  #chunks: Buffer[] = [];
  #answered = 0;
  #held = 0;

  /** `contentType` is the answer's. */
  constructor(policy: Policy, contentType: string, keeper: Keeper) {
    this.#policy = policy;
    this.#contentType = contentType;
    this.#keeper = keeper;
    this.#limit = policy.maxBytes + LOOKAHEAD;
  }

  open({ id, contentType, body }: HistoryRequest): void {
    // Of a large body a copy is held, so that the rest of it is not.
    const bytes = body.length > this.#limit ? Uint8Array.prototype.slice.call(body, 0, this.#limit) : body;
    this.#asked = { id, request: { contentType, bytes, excess: this.#excessOf(bytes.length) } };
    this.#hold(bytes.length);
  }

  push(chunk: Uint8Array | string): void {
    if (!this.#asked || this.#answered === this.#limit) return;
    const rest = this.#limit - this.#answered;
    const start = typeof chunk === 'string' ? chunk.slice(0, rest) : chunk.subarray(0, rest);
    const bytes = Buffer.from(start).subarray(0, rest);
    this.#answered += bytes.length;
    this.#chunks.push(bytes);
    this.#hold(bytes.length);
  }

  end(isFailed: boolean): void {
    const asked = this.#asked;
    if (!asked) return;
    this.#asked = undefined;
    if (this.#policy.bodies === 'errors' && !isFailed) return this.#letGo();
    const bytes = Buffer.concat(this.#chunks);
    const response = { contentType: this.#contentType, bytes, excess: this.#excessOf(bytes.length) };
    this.#chunks = [];
    this.#keeper.keep({ ...asked, policy: this.#policy, response, bytes: this.#held });
  }

  #excessOf(bytes: number): number {
    return Math.max(0, bytes - this.#policy.maxBytes);
  }

  #hold(bytes: number): void {
    if (this.#keeper.hold(bytes)) {
      this.#held += bytes;
      return;
    }
    this.#asked = undefined;
    this.#letGo();
    this.#keeper.drop();
  }

  #letGo(): void {
    this.#chunks = [];
    this.#keeper.release(this.#held);
  }
}
