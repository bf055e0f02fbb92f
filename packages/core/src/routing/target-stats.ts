import { errorRow } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import { FirstTokenTimes } from './first-token-times.js';
import { hasLimits } from './rate-limits.js';
import { weightAfter } from './weight-after.js';

/** A stream is measured to its first content, a plain answer to its end: the one says nothing of the other. */
export type AnswerKind = 'stream' | 'plain';

/** How a call ended for its target. */
export type Verdict = 'ok' | 'failed';

/** What a failure says of its target: nothing where the request was at fault, or the gateway. */
export function verdictOn({ code }: GatewayError): Verdict | undefined {
  return errorRow(code).retry === 'never' ? undefined : 'failed';
}

/** What is known of one target from the calls that it had. Read only. */
export interface TargetView {
  readonly inFlight: number;
  /** Recent failures as a share of its calls, 0 to 1. */
  readonly errorShare: number;
  /** What a call sent now may expect to wait; nothing where none was measured. */
  expectedMs(kind: AnswerKind, nowMs: number): number | undefined;
  /** How long ago a call of this kind was begun; nothing where none was. */
  sinceTriedMs(kind: AnswerKind, nowMs: number): number | undefined;
  /** The provider's last headers that tell of its limits, and how old they are. */
  limits(nowMs: number): { readonly headers: Readonly<Record<string, string>>; readonly ageMs: number } | undefined;
}

/** The statistics of all targets, as routing sees them. */
export interface StatsView {
  find(target: string): TargetView | undefined;
}

/**
 * What the calls to one target tell of it. Each attempt says `begin`, then `answered` or `gaveUp`, then `end`, all in
 * constant time and with nothing allocated.
 */
export class TargetStats implements TargetView {
  readonly #streams = new FirstTokenTimes();
  readonly #plains = new FirstTokenTimes();
  #inFlight = 0;
  #errorShare = 0;
  #judgedAtMs = Number.NEGATIVE_INFINITY;
  #usedAtMs = Number.NEGATIVE_INFINITY;
  #headers: Readonly<Record<string, string>> | undefined;
  #headersAtMs = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  get errorShare(): number {
    return this.#errorShare;
  }

  /** When a call last said something of the target, on the monotonic clock; -Infinity before the first. */
  get judgedAtMs(): number {
    return this.#judgedAtMs;
  }

  /** When an attempt was last begun. */
  get usedAtMs(): number {
    return this.#usedAtMs;
  }

  begin(kind: AnswerKind, nowMs: number): void {
    this.#inFlight += 1;
    this.#usedAtMs = nowMs;
    this.#times(kind).begin(nowMs);
  }

  /** The first token of a stream came, or the whole of a plain answer. */
  answered(kind: AnswerKind, waitedMs: number, nowMs: number): void {
    this.#times(kind).answered(waitedMs, nowMs);
  }

  /** Nothing came, or nothing usable. */
  gaveUp(kind: AnswerKind, waitedMs: number, nowMs: number): void {
    this.#times(kind).gaveUp(waitedMs, nowMs);
  }

  /** The call is over. No verdict where the caller left, or where the request was at fault. */
  end(verdict: Verdict | undefined, nowMs: number): void {
    this.#inFlight -= 1;
    if (verdict === undefined) return;
    const weight = weightAfter(nowMs - this.#judgedAtMs);
    this.#errorShare += weight * ((verdict === 'failed' ? 1 : 0) - this.#errorShare);
    this.#judgedAtMs = nowMs;
  }

  /** Keeps an answer's headers where they tell of limits; they are read only by who asks for them. */
  noteHeaders(headers: Readonly<Record<string, string>>, nowMs: number): void {
    if (!hasLimits(headers)) return;
    this.#headers = headers;
    this.#headersAtMs = nowMs;
  }

  expectedMs(kind: AnswerKind, nowMs: number): number | undefined {
    return this.#times(kind).expectedMs(nowMs);
  }

  sinceTriedMs(kind: AnswerKind, nowMs: number): number | undefined {
    return this.#times(kind).sinceTriedMs(nowMs);
  }

  limits(nowMs: number): { readonly headers: Readonly<Record<string, string>>; readonly ageMs: number } | undefined {
    return this.#headers && { headers: this.#headers, ageMs: nowMs - this.#headersAtMs };
  }

  #times(kind: AnswerKind): FirstTokenTimes {
    return kind === 'stream' ? this.#streams : this.#plains;
  }
}

/** Callers can name as many models as they like. */
const MAX_TARGETS = 2_000;

/** The statistics of all targets by their names, `provider/model`. It outlives configurations. */
export class TargetStatsTable implements StatsView {
  readonly #targets = new Map<string, TargetStats>();

  find(target: string): TargetStats | undefined {
    return this.#targets.get(target);
  }

  /** The statistics of a target, new ones where there are none. */
  of(target: string): TargetStats {
    let stats = this.#targets.get(target);
    if (!stats) {
      if (this.#targets.size >= MAX_TARGETS) this.#forgetOldest();
      this.#targets.set(target, (stats = new TargetStats()));
    }
    return stats;
  }

  /** Who still counts on a forgotten one counts on for itself. */
  #forgetOldest(): void {
    let oldest: string | undefined;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const [target, { usedAtMs }] of this.#targets) {
      if (usedAtMs < oldestMs || oldest === undefined) [oldest, oldestMs] = [target, usedAtMs];
    }
    if (oldest !== undefined) this.#targets.delete(oldest);
  }
}
