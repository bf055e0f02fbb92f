import type { GatewayError } from './errors.js';

/** The circuits through which one target is asked with one key. */
export interface CircuitNames {
  /** `provider/model`. */
  readonly target: string;
  /** The key at every model, by its number: `provider#0`. */
  readonly key: string;
  /** The key at this target: `provider/model#0`. */
  readonly keyAtTarget: string;
}
/** One circuit for each target, and for its keys. */
export interface Circuits {
  /**
   * A permit, or nothing when one of the circuits is open or its one probe is under way. Never waits. With `isLast`, for a
   * request that has nobody else to ask, an open circuit lets through what may well be answered.
   */
  admit(names: CircuitNames, isLast?: boolean): Permit | undefined;
  /** Milliseconds until the open circuit of a target lets a probe through; 0 when it would now. */
  retryAfterMs(target: string, isLast?: boolean): number;
  /** Milliseconds until the open circuits of a key let a probe through; 0 when they would now. */
  keyRetryAfterMs(names: CircuitNames): number;
  state(target: string): CircuitState;
}
export type CircuitState = 'closed' | 'half-open' | 'open';
/** Exactly one of `succeed`, `fail` and `forget`, once; later calls do nothing. */
export interface Permit {
  /** Not all of its circuits were closed. */
  readonly isProbe: boolean;
  /** A stream has begun, which is verdict enough for a probe; how it ends is told as ever, and counts as ever. */
  begin(): void;
  succeed(): void;
  fail(error: GatewayError): void;
  /** No verdict: the caller left, or the request was at fault. */
  forget(): void;
}
