import type { Clock, KeptCounts } from '@sluice/contract';
import type { KnownCounts } from './known-counts.js';
import { ADOPT, CANCEL, RENEW, RESTORE, SETTLE, TICK } from './lua/scripts.js';
import type { OwnReservations, Own } from './own-reservations.js';
import { figuresIn, figuresOf } from './fields.js';
import type { ClaimArgs, Figures } from './fields.js';
import { createScript } from './run-script.js';
import type { Answer, Script } from './run-script.js';
import type { Urgency } from './link.js';
import type { ScriptCaller } from './script-caller.js';

/** Keeps counts of money where the server's end does not reach. */
export interface CountKeeper {
  recall(): KeptCounts;
  /** Adds to what is kept. All of it is of this epoch from now on. */
  keep(kept: KeptCounts): void;
}

export interface RecoveryDeps {
  readonly clock: Clock;
  readonly caller: ScriptCaller;
  readonly known: KnownCounts;
  readonly own: OwnReservations;
  readonly newId: () => string;
  readonly leaseMs: number;
  readonly keeper: CountKeeper | undefined;
  readonly graceMs: number;
  /** Whether the server is taken for there. */
  readonly isLinked: () => boolean;
}

const SCRIPTS = {
  tick: createScript(TICK),
  restore: createScript(RESTORE),
  adopt: createScript(ADOPT),
  renew: createScript(RENEW),
  settle: createScript(SETTLE),
  cancel: createScript(CANCEL),
};

/** So long after its last sign of life a gateway counts as one. */
const ALIVE_MS = 2_000;
/** Who was without the server for longer waits for the others, who have admitted something meanwhile too. */
const SHORT_LOSS_MS = 500;
const RESUME_AFTER_MS = 400;
/** So long after a loss they have time to give a sign of life again, and count as there until then. */
const SHARERS_KEPT_MS = 5_000;
const CHUNK = 200;

/** What the server and this process have to tell each other before the one may count for the other. */
export class Recovery {
  readonly #deps: RecoveryDeps;
  readonly #gateway: string;
  #epoch = '';
  /** Whose server knows what is kept. */
  #keptEpoch: string | undefined;
  #sharers = 0;
  #sharersKeptUntilMs = Number.NEGATIVE_INFINITY;
  #rebuilds = 0;
  #opensAtMs = Number.POSITIVE_INFINITY;
  #lostAtMs: number | undefined;
  #telling: Promise<void> | undefined;
  #isDoubted = false;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
    this.#gateway = deps.newId();
    const kept = deps.keeper?.recall();
    if (!kept) return;
    deps.known.recall(kept.counts);
    this.#keptEpoch = kept.epoch;
  }

  /** Names what the server knows; empty while that is not known here. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Whether what the server counts is all there is. */
  get isOpen(): boolean {
    return this.#epoch !== '' && !this.#isDoubted && this.#deps.clock.monotonic() >= this.#opensAtMs;
  }

  get sharers(): number {
    return Math.max(1, this.#sharers);
  }

  /** Times that the server had lost everything. */
  get rebuilds(): number {
    return this.#rebuilds;
  }

  /** A sign of life; puts back what the server has lost, and tells it what it has not heard of. */
  async check(): Promise<void> {
    const { clock, caller, isLinked } = this.#deps;
    const wasLinked = isLinked();
    if (!wasLinked) this.#lostAtMs ??= clock.monotonic();
    const { epoch, sharers, opensInMs } = await this.#tick();
    this.#noteSharers(sharers, wasLinked);
    // A script that has to be sent a second time is overtaken by what was called after it.
    if (!wasLinked) await caller.load(Object.values(SCRIPTS));
    if (epoch !== this.#epoch) {
      this.#isDoubted = true;
      await this.#rebuild(epoch);
      this.#opensAtMs = clock.monotonic() + opensInMs;
    }
    if (!wasLinked) await this.#renewAll();
    await this.tell('recovering');
    // Only now the server knows all that this process does.
    this.#isDoubted = false;
    this.#keep();
  }

  /** The server is there again. */
  resume(): void {
    const { clock } = this.#deps;
    const nowMs = clock.monotonic();
    const wasLong = this.#lostAtMs !== undefined && nowMs - this.#lostAtMs > SHORT_LOSS_MS;
    this.#lostAtMs = undefined;
    this.#sharersKeptUntilMs = nowMs + SHARERS_KEPT_MS;
    if (wasLong && this.#sharers > 1) this.#opensAtMs = Math.max(this.#opensAtMs, nowMs + RESUME_AFTER_MS);
  }

  /** The server does not know what it should. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Tells what the server has not heard of. What goes out, goes before what is called after this. */
  async tell(urgency: Urgency): Promise<void> {
    // Who only wants to go after it need not wait for it; who recovers has to know what came of it.
    if (this.#telling && urgency === 'usual') return;
    if (this.#telling) await this.#telling.catch(() => undefined);
    this.#telling = this.#tellAll(urgency).finally(() => (this.#telling = undefined));
    await this.#telling;
  }

  async #tellAll(urgency: Urgency): Promise<void> {
    const ids = this.#deps.own.unsentInTime();
    for (let at = 0; at < ids.length; at += CHUNK) {
      await Promise.all(ids.slice(at, at + CHUNK).map((id) => this.#tellOf(id, urgency)));
    }
  }

  /** Ends a reservation in the server. Rejects where it did not hear of it. */
  async finish(id: string, own: Own, urgency: Urgency = 'usual'): Promise<void> {
    const { ending } = own;
    if (ending === undefined) return;
    const answer =
      ending === 'cancelled'
        ? await this.#ask(SCRIPTS.cancel, { id }, urgency)
        : await this.#ask(SCRIPTS.settle, { id, actual: ending.actual }, urgency);
    this.#deps.own.forget(id, own);
    this.#noteAnswer(own.claims, answer);
  }

  async #tellOf(id: string, urgency: Urgency): Promise<void> {
    const { own: all, caller, leaseMs } = this.#deps;
    const own = all.get(id);
    if (!own) return;
    if (own.ending === 'cancelled' && !own.isThere && !own.mayBeThere) return all.forget(id, own);
    if (!own.isThere && own.ending !== 'cancelled') {
      own.mayBeThere = true;
      const { claims, madeAtMs } = own;
      // Not its age: that would depend on how long the call is under way.
      const atMs = caller.serverMsAt(madeAtMs);
      if (claims.length > 0) await this.#ask(SCRIPTS.adopt, { id, claims, atMs, leaseMs }, urgency);
      all.adopted(id, own);
    }
    await this.finish(id, own, urgency);
  }

  async #tick(): Promise<Tick> {
    const { caller, newId, known, graceMs: grace } = this.#deps;
    const counts = known.watched;
    const graceMs = this.#sharers === 1 ? 0 : grace;
    const asked = { gateway: this.#gateway, aliveMs: ALIVE_MS, newEpoch: newId(), graceMs, counts };
    const answer = await caller.call(SCRIPTS.tick, asked, 'check');
    const [, nowMs, epoch, opensMs, sharers] = answer as unknown as TickAnswer;
    if (epoch === this.#epoch) this.#noteWatched(counts, answer.slice(TICK_HEAD) as number[]);
    return { epoch, sharers, opensInMs: Math.max(0, opensMs - nowMs) };
  }

  /** Of two gateways that both know a count, who knew its latest version is believed. */
  async #rebuild(epoch: string): Promise<void> {
    const { known, own, caller } = this.#deps;
    // What was kept under this very epoch the server has counted itself.
    const counts = epoch === this.#keptEpoch ? [] : known.toRestore();
    for (let at = 0; at < counts.length; at += CHUNK) {
      const asked = { epoch, counts: counts.slice(at, at + CHUNK) };
      expectDone(await caller.call(SCRIPTS.restore, asked, 'recovering'));
    }
    own.lost();
    if (this.#epoch !== '') this.#rebuilds += 1;
    this.#epoch = epoch;
  }

  /** Who shared the server before it was lost has spent without it too, and may come back later than this process. */
  #noteSharers(sharers: number, wasLinked: boolean): void {
    const areKept = !wasLinked || this.#deps.clock.monotonic() < this.#sharersKeptUntilMs;
    this.#sharers = areKept ? Math.max(sharers, this.#sharers) : sharers;
  }

  #keep(): void {
    const { keeper, known } = this.#deps;
    if (!keeper) return;
    const counts = known.takeChanged();
    if (counts.length === 0 && this.#keptEpoch === this.#epoch) return;
    keeper.keep({ epoch: this.#epoch, counts });
    this.#keptEpoch = this.#epoch;
  }

  async #renewAll(): Promise<void> {
    const { own, leaseMs } = this.#deps;
    const ids = own.live;
    for (let at = 0; at < ids.length; at += CHUNK) {
      await this.#ask(SCRIPTS.renew, { ids: ids.slice(at, at + CHUNK), leaseMs }, 'recovering');
    }
  }

  async #ask(script: Script, asked: object, urgency: Urgency): Promise<Answer> {
    return expectDone(await this.#deps.caller.call(script, { ...asked, epoch: this.#epoch }, urgency));
  }

  /** What others have taken of the counts that this process uses. */
  #noteWatched(watched: readonly ClaimArgs[], told: readonly number[]): void {
    for (const [index, figures] of figuresIn(told).entries())
      this.#deps.known.note(watched[index] as ClaimArgs, figures);
  }

  /** What became of the counts of a reservation that has ended. */
  #noteAnswer(claims: readonly ClaimArgs[], answer: Answer): void {
    const windows = claims.filter(([, kind]) => kind !== 'g');
    const figures = figuresOf(answer);
    // One that was taken over late may not be counted in every window.
    if (figures.length !== windows.length) return;
    for (const [index, claim] of windows.entries()) this.#deps.known.note(claim, figures[index] as Figures);
  }
}

interface Tick {
  readonly epoch: string;
  readonly sharers: number;
  readonly opensInMs: number;
}

const TICK_HEAD = 5;
type TickAnswer = readonly [status: string, nowMs: number, epoch: string, opensMs: number, sharers: number];

function expectDone(answer: Answer): Answer {
  if (answer[0] === 'ok') return answer;
  throw new Error(`Redis refused a script: ${answer[0]}.`);
}
