/** Between these a limit moves. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** One call's wait for its first token. */
export interface Sample {
  readonly waitedMs: number;
  /** Calls at the target when it ended, itself among them. */
  readonly inFlight: number;
  readonly nowMs: number;
}

/** First tokens come after very different times: a few of them say nothing. */
const LEAST_SAMPLES = 25;
const LEAST_WINDOW_MS = 100;
/** How much longer than with few calls the wait may get before the limit is lowered. */
const TOLERANCE = 2;
const STEEPEST = 0.5;
/** How far one window moves the limit down or up to where it belongs, and the baseline to what was measured. */
const FALLING = 0.5;
const RISING = 0.5;
const LEARNING = 0.1;
/** Half the calls have to shorten the wait at least to this share of what it was. */
const RELIEF = 0.6;
/** A limit that has been low for so many windows is halved, to see whether that is any use. */
const LONG = 50;

/** A limit on its way down. */
interface Fall {
  /** Calls in flight when it began or was last found to be of use, and the longest wait with so many. */
  readonly calls: number;
  waitMs: number;
  /** When there were half as many first. */
  halvedAtMs: number | undefined;
  windows: number;
}

/**
 * How many calls a target can take at once, found out by how long their first tokens take. A pure state machine: time
 * comes with the samples.
 *
 * A window of samples has a typical wait, their geometric mean. While it stays below twice the baseline, the wait with
 * few calls, the limit is the upper bound or grows towards it; beyond, it is multiplied by baseline over wait, plus the
 * root of itself, so that it settles where the queue at the target is short and goes on finding out. Calls refused as too
 * many lower it by their share.
 *
 * The baseline follows what is measured while the limit does not bind. Where half the calls do not wait less, the wait is
 * not the gateway's doing but the target's way, or somebody else's: then it is the new baseline, and the limit grows again.
 * A target that has become slower thus loses half of its calls for a few windows, and no more. The same holds at the lower
 * bound.
 *
 * The rule is that of Netflix's Gradient2Limit (github.com/Netflix/concurrency-limits, `Gradient2Limit.java`: tolerance,
 * smoothing, at least half per step) with the headroom of Envoy's gradient controller (envoyproxy.io,
 * `adaptive_concurrency_filter`: the root of the limit, a baseline measured at minimal concurrency).
 */
export class GradientLimit {
  #limit: number | undefined;
  #baselineMs: number | undefined;
  #isFirst = true;
  /** Set while first tokens take too long. */
  #fall: Fall | undefined;
  #logs = 0;
  #waits = 0;
  #refusals = 0;
  #peak = 0;
  #beganAtMs: number | undefined;

  /** At first, and while nothing speaks against it, the upper bound. */
  current({ min, max }: Bounds): number {
    return Math.max(min, Math.min(max, Math.floor(this.#limit ?? max)));
  }

  /** The first token of a stream came. */
  observe({ waitedMs, inFlight, nowMs }: Sample, bounds: Bounds): void {
    this.#waits += 1;
    this.#logs += Math.log(Math.max(1, waitedMs));
    this.#note(inFlight, nowMs, bounds);
  }

  /** The target refused a call as too many, or let it wait for too long. */
  refused(inFlight: number, nowMs: number, bounds: Bounds): void {
    this.#refusals += 1;
    this.#note(inFlight, nowMs, bounds);
  }

  #note(inFlight: number, nowMs: number, bounds: Bounds): void {
    this.#beganAtMs ??= nowMs;
    this.#peak = Math.max(this.#peak, inFlight);
    const count = this.#waits + this.#refusals;
    const lastedMs = nowMs - this.#beganAtMs;
    // A window lasts as long as a wait: before, it would judge calls that began under an earlier limit.
    if (count < LEAST_SAMPLES || lastedMs < Math.max(LEAST_WINDOW_MS, this.#typicalMs() ?? 0)) return;
    this.#judge(bounds, nowMs);
    this.#isFirst = false;
    this.#logs = this.#waits = this.#refusals = this.#peak = 0;
    this.#beganAtMs = undefined;
  }

  #typicalMs(): number | undefined {
    return this.#waits === 0 ? undefined : Math.exp(this.#logs / this.#waits);
  }

  #judge({ min, max }: Bounds, nowMs: number): void {
    const limit = Math.max(min, Math.min(max, this.#limit ?? max));
    const gradient = Math.min(this.#gradientOfWaits(limit, min, nowMs), this.#gradientOfRefusals());
    const headroom = Math.sqrt(limit);
    const isUsed = this.#peak * 2 >= limit;
    // What is not used is given up at once, and not won by not being used.
    const base = gradient < 1 ? Math.min(limit, this.#peak + headroom) : limit;
    const change = base * gradient - base + (isUsed || gradient < 1 ? headroom : 0);
    const next = this.#isLong() ? base / 2 : base + change * (change < 0 ? FALLING : RISING);
    this.#limit = Math.max(min, Math.min(max, next));
  }

  #gradientOfWaits(limit: number, min: number, nowMs: number): number {
    const waitMs = this.#typicalMs();
    // Of calls that begin together the quick ones are heard of first, and would make all others look slow.
    if (waitMs === undefined || this.#isFirst) return 1;
    const baselineMs = (this.#baselineMs = this.#learn(waitMs, { limit, min, nowMs }));
    if (waitMs <= TOLERANCE * baselineMs) this.#fall = undefined;
    else this.#fall ??= this.#beginFall(waitMs);
    return Math.max(STEEPEST, Math.min(1, (TOLERANCE * baselineMs) / waitMs));
  }

  #learn(waitMs: number, { limit, min, nowMs }: { limit: number; min: number; nowMs: number }): number {
    const known = this.#baselineMs;
    if (known === undefined || this.#peak <= min || this.#fallsInVain(waitMs, nowMs)) return waitMs;
    const isNormal = waitMs <= TOLERANCE * known && this.#peak < Math.floor(limit);
    return waitMs < known || isNormal ? known + LEARNING * (waitMs - known) : known;
  }

  #beginFall(waitMs: number): Fall {
    return { calls: this.#peak, waitMs, halvedAtMs: undefined, windows: 0 };
  }

  /** True once half the calls wait as long as all of them did. What waits now has begun some time ago, so that is waited for. */
  #fallsInVain(waitMs: number, nowMs: number): boolean {
    const fall = this.#fall;
    if (!fall) return false;
    if (fall.halvedAtMs === undefined) fall.waitMs = Math.max(fall.waitMs, waitMs);
    if (this.#peak > fall.calls / 2) return false;
    fall.halvedAtMs ??= nowMs;
    if (nowMs - fall.halvedAtMs <= waitMs) return false;
    this.#fall = this.#beginFall(waitMs);
    return waitMs > RELIEF * fall.waitMs;
  }

  #isLong(): boolean {
    const fall = this.#fall;
    if (!fall || (fall.windows += 1) < LONG) return false;
    this.#fall = this.#beginFall(fall.waitMs);
    return true;
  }

  #gradientOfRefusals(): number {
    return Math.max(STEEPEST, 1 - this.#refusals / (this.#waits + this.#refusals));
  }
}
