import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Cancel, Clock } from '@sluice/contract';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Up to here a step is one of many, between two tokens: it is taken as soon as nothing is on its way. */
const SMALL_STEP_MS = 100;
/** How many turns of the event loop without a stir come before a step. */
const TURNS = {
  /** What is on its way between two sockets of one process arrives within so many, with room to spare. */
  small: 6,
  /** A wrong guess about a long wait would invent a timeout, so these are slower turns, and more of them. */
  large: 12,
  /** Without any timer nothing will ever happen again; sure is better than quick. */
  stuck: 150,
};

/**
 * The time of a drill. It stands still while anybody works and, when nobody does, jumps to the next moment for which
 * somebody waits: a deadline of a minute costs a drill some milliseconds, and is a minute in its report. The gateway and
 * the stand-ins wait by this clock alone. Work itself takes no time by it.
 */
export class DrillClock implements Clock {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #wallOffsetMs: number;
  /** Goes up with everything that happens. */
  #stirred = 0;

  constructor(startMs: number) {
    this.#wallOffsetMs = startMs;
  }

  now(): number {
    return this.#wallOffsetMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(ms: number, run: () => void): Cancel {
    this.stir();
    // Whole milliseconds: differences of sums are exact then, and nothing ends a hair before its deadline.
    const timer: Timer = { dueMs: Math.ceil(this.#elapsedMs + Math.max(0, ms)), run };
    this.#timers.add(timer);
    return () => {
      if (this.#timers.delete(timer)) this.stir();
    };
  }

  /** Somebody is at work: bytes came or went. */
  stir(): void {
    this.#stirred += 1;
  }

  /** Sets the wall clock forward or back, as an operator or NTP would. */
  stepWallClock(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Resolves at that moment. */
  until(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms - this.#elapsedMs, resolve));
  }

  /**
   * Lets time pass until `work` is done. False where that will not be within `limitMs`: nobody waits for anything any
   * more, or only for later.
   */
  drive(work: Promise<unknown>, limitMs: number): Promise<boolean> {
    return this.#drive(work, limitMs, SMALL_STEP_MS);
  }

  /** Lets so much time pass while nobody waits for an answer. */
  async pass(ms: number): Promise<void> {
    await this.#drive(this.until(this.#elapsedMs + ms), ms, Infinity);
  }

  async #drive(work: Promise<unknown>, limitMs: number, smallMs: number): Promise<boolean> {
    const deadlineMs = this.#elapsedMs + limitMs;
    let done = false;
    const end = (): void => void (done = true);
    void work.then(end, end);
    for (;;) {
      const next = this.#earliest();
      const isQuiet = await this.#staysQuiet(this.#stepTo(next, smallMs), () => done);
      if (done) return true;
      if (!isQuiet) continue;
      if (!next || next.dueMs > deadlineMs) return false;
      this.#fire(next);
    }
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    this.stir();
    timer.run();
  }

  /** The first of those that were set first. */
  #earliest(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (!first || timer.dueMs < first.dueMs) first = timer;
    return first;
  }

  #stepTo(next: Timer | undefined, smallMs: number): keyof typeof TURNS {
    if (!next) return 'stuck';
    return next.dueMs - this.#elapsedMs <= smallMs ? 'small' : 'large';
  }

  /** Whether nothing happens for as long as such a step calls for. */
  async #staysQuiet(step: keyof typeof TURNS, isDone: () => boolean): Promise<boolean> {
    const seen = this.#stirred;
    for (let count = 0; count < TURNS[step]; count += 1) {
      await (step === 'small' ? turn() : sleep(1));
      if (isDone() || this.#stirred !== seen) return false;
    }
    return true;
  }
}
