import { toGatewayError } from '@sluice/contract';
import type { Clock, History, HistoryRecord, HistoryRepository } from '@sluice/contract';
import { Patience, sleepNow } from '@sluice/toolkit';
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

/** Ready to be written. */
interface Sealed {
  readonly record: HistoryRecord;
  /** What it was captured in. */
  readonly bytes: number;
}

const NOTHING: ShownBodies = { bodies: 'off', request: null, response: null };

/**
 * What callers sent and got, as long as it is kept. Written behind their backs, and rather dropped than waited for. A store
 * that another process holds is asked again for up to 2 s, while the event loop goes on.
 */
export class RequestHistory {
  readonly #deps: RequestHistoryDeps;
  readonly #waiting: CapturedRequest[] = [];
  readonly #patience: Patience;
  #sealed: readonly Sealed[] = [];
  #heldBytes = 0;
  #dropped = 0;
  #cancelWrite: (() => void) | undefined;
  #cancelSweep: () => void;

  constructor(deps: RequestHistoryDeps) {
    this.#deps = deps;
    this.#patience = new Patience(deps.clock);
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
    const unwritten = this.#sealed.find(({ record }) => record.id === id);
    const sealed = unwritten?.record.sealed ?? repository.find(id, clock.now());
    const text = sealed === undefined ? undefined : sealer.open(sealed, id);
    return text === undefined ? NOTHING : (JSON.parse(text) as ShownBodies);
  }

  /** Writes all that waits. Never throws. */
  flush(): void {
    while (this.#waiting.length > 0) this.#write(Number.POSITIVE_INFINITY);
    // Nobody would ask again: this is waited for.
    while (this.#sealed.length > 0) sleepNow(this.#store());
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
    const heldForMs = this.#write(TURN_BYTES);
    if (this.#waiting.length + this.#sealed.length === 0) return;
    this.#cancelWrite = this.#deps.clock.after(heldForMs, () => this.#turn());
  }

  /** Gives in how many milliseconds to go on. */
  #write(most: number): number {
    let bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length && bytes < most; count += 1) bytes += this.#waiting[count]?.bytes ?? 0;
    return this.#append(this.#waiting.splice(0, count));
  }

  #append(batch: readonly CapturedRequest[]): number {
    this.#sealed = [...this.#sealed, ...batch.flatMap((captured) => this.#seal(captured))];
    return this.#store();
  }

  /** All that is sealed, in one step; it stays where another process holds the store. */
  #store(): number {
    const { repository, onError } = this.#deps;
    const sealed = this.#sealed;
    try {
      repository.append(sealed.map(({ record }) => record));
      this.#patience.renew();
    } catch (cause) {
      const failure = toGatewayError(cause);
      if (this.#patience.has(failure)) return failure.details.retryAfterMs ?? 0;
      this.#dropped += sealed.length;
      onError(cause);
    }
    this.#sealed = [];
    for (const { bytes } of sealed) this.#heldBytes -= bytes;
    return 0;
  }

  /** Nothing of a request that cannot be redacted, such as one that is too deep: the others are kept. */
  #seal({ id, policy, request, response, bytes }: CapturedRequest): readonly Sealed[] {
    const { clock, sealer, scrub, onError } = this.#deps;
    const redact: Redact = (text) => policy.redact(scrub(text));
    try {
      const shown = toShown(redactBody(request, redact), redactBody(response, redact));
      const sealed = sealer.seal(JSON.stringify(shown), id);
      return [{ record: { id, expiresAtMs: clock.now() + policy.retentionMs, sealed }, bytes }];
    } catch (cause) {
      this.#dropped += 1;
      this.#heldBytes -= bytes;
      onError(cause);
      return [];
    }
  }

  /** At the start too: what an earlier run kept goes in its time, whether anything is still kept or not. */
  #sweep(): void {
    const { repository, clock, onError } = this.#deps;
    let isMoreToSweep = false;
    try {
      isMoreToSweep = repository.sweep(clock.now()) > 0;
    } catch (cause) {
      isMoreToSweep = this.#patience.has(toGatewayError(cause));
      if (!isMoreToSweep) onError(cause);
    }
    this.#cancelSweep = clock.after(isMoreToSweep ? WRITE_AFTER_MS : SWEEP_EVERY_MS, () => this.#sweep());
  }
}

function toShown(request: RedactedBody | undefined, response: RedactedBody | undefined): ShownBodies {
  const isWhole = request && response && !request.isCut && !response.isCut;
  return { bodies: isWhole ? 'kept' : 'cut', request: request?.text ?? null, response: response?.text ?? null };
}
