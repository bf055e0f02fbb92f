import type { Clock, History, HistoryRecord, HistoryRepository } from '@sluice/contract';
import type { Sealer } from '@sluice/toolkit';
import { Capture } from './capture.js';
import type { CapturedRequest, Policy } from './capture.js';
import { redactBody } from './redact-body.js';
import type { RedactedBody } from './redact-body.js';
import type { Redact } from './redact-json.js';

export interface RequestHistoryDeps {
  readonly repository: HistoryRepository;
  readonly clock: Clock;
  readonly sealer: Sealer;
  /** Takes secrets out of a text. */
  readonly scrub: Redact;
  onError(cause: unknown): void;
}

/** What is there of a request. */
export interface ShownBodies {
  /** `off`: nothing was kept. `cut`: not all of it. */
  readonly bodies: 'off' | 'kept' | 'cut';
  /** Null for what is no text. */
  readonly request: string | null;
  readonly response: string | null;
}

/** What waits to be written, and what is still being captured: so much is held at most. */
export const MAX_HELD_BYTES = 33_554_432;
const WRITE_AFTER_MS = 200;
/** Redacted in one turn, so that nobody waits long for it. */
const TURN_BYTES = 65_536;
const SWEEP_EVERY_MS = 60_000;

const NOTHING: ShownBodies = { bodies: 'off', request: null, response: null };

/** What callers sent and got, as long as it is kept. Written behind their backs, and rather dropped than waited for. */
export class RequestHistory {
  readonly #deps: RequestHistoryDeps;
  readonly #waiting: CapturedRequest[] = [];
  #heldBytes = 0;
  #dropped = 0;
  #cancelWrite: (() => void) | undefined;
  #cancelSweep: () => void;

  constructor(deps: RequestHistoryDeps) {
    this.#deps = deps;
    this.#cancelSweep = deps.clock.after(0, () => this.#sweep());
  }

  /** Requests of which nothing is kept for want of room, or because it could not be written. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What one configuration has of it: nothing of a model for which `policyOf` has nothing. */
  under(policyOf: (model: string) => Policy | undefined): History {
    return {
      begin: (request, contentType) => {
        const policy = policyOf(request.model);
        if (!policy) return undefined;
        const capture = new Capture(policy, contentType, {
          hold: (bytes) => this.#hold(bytes),
          release: (bytes) => (this.#heldBytes -= bytes),
          keep: (captured) => this.#keep(captured),
          drop: () => (this.#dropped += 1),
        });
        capture.open(request);
        return capture;
      },
    };
  }

  /** Throws what the repository throws. */
  find(id: string): ShownBodies {
    const at = this.#waiting.findIndex((captured) => captured.id === id);
    if (at >= 0) this.#append(this.#waiting.splice(at, 1));
    const { repository, clock, sealer } = this.#deps;
    const sealed = repository.find(id, clock.now());
    const text = sealed === undefined ? undefined : sealer.open(sealed, id);
    return text === undefined ? NOTHING : (JSON.parse(text) as ShownBodies);
  }

  /** Writes all that waits. Never throws. */
  flush(): void {
    while (this.#waiting.length > 0) this.#write(Number.POSITIVE_INFINITY);
  }

  /** Writes what waits and stops; nothing is kept any more. */
  close(): void {
    this.flush();
    this.#cancelWrite?.();
    this.#cancelSweep();
  }

  #hold(bytes: number): boolean {
    if (this.#heldBytes + bytes > MAX_HELD_BYTES) return false;
    this.#heldBytes += bytes;
    return true;
  }

  #keep(captured: CapturedRequest): void {
    this.#waiting.push(captured);
    this.#cancelWrite ??= this.#deps.clock.after(WRITE_AFTER_MS, () => this.#turn());
  }

  #turn(): void {
    this.#cancelWrite = undefined;
    this.#write(TURN_BYTES);
    if (this.#waiting.length > 0) this.#cancelWrite = this.#deps.clock.after(0, () => this.#turn());
  }

  #write(most: number): void {
    let bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length && bytes < most; count += 1) bytes += this.#waiting[count]?.bytes ?? 0;
    this.#append(this.#waiting.splice(0, count));
  }

  #append(batch: readonly CapturedRequest[]): void {
    const { repository, onError } = this.#deps;
    for (const { bytes } of batch) this.#heldBytes -= bytes;
    try {
      repository.append(batch.flatMap((captured) => this.#seal(captured)));
    } catch (cause) {
      this.#dropped += batch.length;
      onError(cause);
    }
  }

  /** Nothing of a request that cannot be redacted, such as one that is too deep: the others are kept. */
  #seal({ id, policy, request, response }: CapturedRequest): readonly HistoryRecord[] {
    const { clock, sealer, scrub, onError } = this.#deps;
    const redact: Redact = (text) => policy.redact(scrub(text));
    try {
      const shown = toShown(redactBody(request, redact), redactBody(response, redact));
      const sealed = sealer.seal(JSON.stringify(shown), id);
      return [{ id, expiresAtMs: clock.now() + policy.retentionMs, sealed }];
    } catch (cause) {
      this.#dropped += 1;
      onError(cause);
      return [];
    }
  }

  /** At the start too: what an earlier run kept goes in its time, whether anything is still kept or not. */
  #sweep(): void {
    const { repository, clock, onError } = this.#deps;
    let swept = 0;
    try {
      swept = repository.sweep(clock.now());
    } catch (cause) {
      onError(cause);
    }
    this.#cancelSweep = clock.after(swept > 0 ? WRITE_AFTER_MS : SWEEP_EVERY_MS, () => this.#sweep());
  }
}

function toShown(request: RedactedBody | undefined, response: RedactedBody | undefined): ShownBodies {
  const isWhole = request && response && !request.isCut && !response.isCut;
  return { bodies: isWhole ? 'kept' : 'cut', request: request?.text ?? null, response: response?.text ?? null };
}
