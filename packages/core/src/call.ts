import { toGatewayError } from '@sluice/contract';
import type {
  Adjustment,
  AmountsUsed,
  AnswerSummary,
  AttemptRecord,
  CallGuards,
  CacheState,
  Clock,
  Outcome,
  OutputText,
  PriceRow,
  PriceUse,
  Principal,
  Priority,
  Target,
  TokenCounter,
  Usage,
} from '@sluice/contract';
import { toMicroUsd } from '@sluice/toolkit';
import { addUsage } from './add-usage.js';
import { estimateTokens } from './estimate.js';
import type { ReceivedCall } from './received-call.js';
import { SettleScope } from './settle-scope.js';
import { toNanoUsd } from './usd.js';
import { usageOf } from './usage-of.js';
import type { CallQuestion, Used } from './usage-of.js';

export interface CallDeps {
  readonly clock: Clock;
  readonly priceUse?: PriceUse;
  readonly tokens?: TokenCounter;
  /** Told of every settler that threw. */
  onInternalError(cause: unknown): void;
}

const NANO_PER_MICRO = 1_000;

const COMPLETED: Outcome = { kind: 'completed' };
const CLIENT_GONE: Outcome = { kind: 'client-gone' };

/** What is known of one request so far, and everything that it holds. */
export class Call {
  readonly received: ReceivedCall;
  /** Whose end is the call's: the caller's signal, or that of the work which goes on without it. */
  signal: AbortSignal;
  readonly route: string;
  readonly scope: SettleScope;
  readonly startedAtMs: number;
  readonly attempts: AttemptRecord[] = [];
  /** True once another try was due and the gateway had spent what it may try again. */
  isOutOfRetries = false;
  principal: Principal | undefined;
  /** Among its caller's own requests, where they wait. */
  priority: Priority = 'normal';
  requestedModel = '';
  /** For whom the caller asks. */
  endUser: string | undefined;
  tags: readonly string[] | undefined;
  stream = false;
  bodyBytes = 0;
  /** The body as it came, once it is read. */
  given: Uint8Array | undefined;
  /** Of a text that shall be read aloud. */
  characters: number | undefined;
  /** True once the intent is written: from then on there is a row to settle. */
  accepted = false;
  served: Pick<Target, 'provider' | 'model' | 'facts'> | undefined;
  /** Set where the route lets a provider go on when the caller leaves: how far, and who is to be told of it. */
  drain: { readonly tokens: number; leave(): void } | undefined;
  /** Set once the caller has left and the call goes on. */
  leftBehind: { giveUp(): void } | undefined;
  /** Who has the request, as long as nothing has come of it. */
  asked: Target | undefined;
  summary: AnswerSummary | undefined;
  question: CallQuestion | undefined;
  /** What the model wrote, where somebody can say. */
  outputText: (() => OutputText) | undefined;
  /** Absent where no budget counts it. */
  reservedNanoUsd: number | undefined;
  cache: CacheState | undefined;
  adjustments: readonly Adjustment[] = [];
  /** What the gateway itself does not do of what was asked, whoever answers. */
  ignored: Adjustment | undefined;
  /** Those that read it; absent where none do. */
  guards: CallGuards | undefined;
  status = 0;
  firstTokenMs: number | undefined;
  /** Time spent waiting for the caller's body and for providers, up to the answer's head. */
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;
  #overheadMs: number | undefined;
  #priced: { readonly summary: AnswerSummary | undefined; readonly cost: bigint | undefined } | undefined;
  /** What the targets before the one that serves now brought, where the answer went on elsewhere. */
  #aside: (Used & { readonly cost: bigint | undefined }) | undefined;
  readonly #clock: Clock;
  readonly #priceUse: PriceUse | undefined;
  readonly #tokens: TokenCounter | undefined;
  #used: { readonly summary: AnswerSummary | undefined; readonly used: Used } | undefined;
  readonly #startedMs: number;

  constructor(received: ReceivedCall, route: string, { clock, onInternalError, priceUse, tokens }: CallDeps) {
    this.received = received;
    this.signal = received.signal;
    this.route = route;
    this.scope = new SettleScope(onInternalError);
    this.#clock = clock;
    this.#priceUse = priceUse;
    this.#tokens = tokens;
    this.startedAtMs = clock.now();
    this.#startedMs = clock.monotonic();
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.#clock.now();
  }

  elapsedMs(): number {
    return this.#clock.monotonic() - this.#startedMs;
  }

  /** From here on the time is somebody else's. */
  beginWait(): void {
    this.#waitingSinceMs ??= this.elapsedMs();
  }

  /** What was waited for has come; nothing happens where nothing was. */
  endWait(): void {
    if (this.#waitingSinceMs !== undefined) this.#waitedMs += this.elapsedMs() - this.#waitingSinceMs;
    this.#waitingSinceMs = undefined;
  }

  /** A target has the request from here on. */
  beginAsking(target: Target): void {
    this.asked = target;
    this.beginWait();
  }

  /** Nothing came of it; where the caller has left, it is not known what did. */
  failAsking(): void {
    this.endWait();
    this.leftBehind?.giveUp();
    if (!this.signal.aborted) this.asked = undefined;
  }

  /** Time that the gateway itself took up to the answer's head; fixed at the first call. */
  overheadMs(): number {
    this.#overheadMs ??= Math.max(0, this.elapsedMs() - this.#waitedMs);
    return this.#overheadMs;
  }

  /** How a call ends whose answer is whole. */
  completed(): Outcome {
    return this.leftBehind ? CLIENT_GONE : COMPLETED;
  }

  /** The caller's leaving as its own outcome, everything else as the failure that it is. */
  outcomeOf(cause: unknown): Outcome {
    if (this.leftBehind) return CLIENT_GONE;
    const { signal } = this;
    const error = toGatewayError(signal.aborted ? signal.reason : cause);
    return error.code === 'client_closed_request' ? { kind: 'client-gone' } : { kind: 'failed', error };
  }

  /**
   * What was served so far was cut, and another target is to go on: counts it, by its own prices, and returns what all of
   * them used. `served` and `summary` are the next one's from here on.
   */
  setAside(summary: AnswerSummary): Usage | undefined {
    this.summary = summary;
    const part = { ...this.used(), cost: this.cost() };
    this.#aside = part.usage ? part : this.#aside;
    this.summary = undefined;
    return part.usage;
  }

  /** What the answer costs, in pico-USD, as far as it has come; nothing where that is not known. */
  cost(): bigint | undefined {
    if (this.cache === 'hit') return 0n;
    const own = this.#ownCost();
    if (!this.#aside) return own;
    const { cost: before } = this.#aside;
    if (!this.summary) return before;
    return before === undefined || own === undefined ? undefined : before + own;
  }

  /** By which it was priced; nothing where it was not. */
  get prices(): readonly PriceRow[] | undefined {
    return this.#priced && this.#facts?.prices;
  }

  /** Of who serves, or of who was being asked when the caller left. */
  get #facts(): Target['facts'] {
    return this.served ? this.served.facts : this.asked?.facts;
  }

  #ownCost(): bigint | undefined {
    const prices = this.#facts?.prices;
    if (!prices || prices.length === 0 || !this.#priceUse) return undefined;
    // Asked for by a plain answer's headers and again by its record.
    if (this.summary && this.#priced?.summary === this.summary) return this.#priced?.cost;
    const { usage } = this.#ownUsage();
    const cost =
      usage && this.#priceUse({ prices, usage, serviceTier: this.summary?.serviceTier, atMs: this.startedAtMs });
    this.#priced = { summary: this.summary, cost };
    return cost;
  }

  /** What a try may have cost whose answer nobody read: its input, for what it wrote is not known. */
  costOfAbandoned({ facts }: Target): number | undefined {
    const prices = facts?.prices;
    if (!prices || prices.length === 0 || !this.#priceUse) return undefined;
    const usage = { inputTokens: estimateTokens(this.bodyBytes), outputTokens: 0 };
    const cost = this.#priceUse({ prices, usage, serviceTier: undefined, atMs: this.startedAtMs });
    return cost === undefined ? undefined : toMicroUsd(cost);
  }

  /** What the limits and budgets of the request count in the end. */
  amountsUsed(): AmountsUsed {
    const { usage } = this.used();
    let nanoUsd = toNanoUsd(this.cost() ?? 0n);
    for (const { costMicroUsd = 0 } of this.attempts) nanoUsd += costMicroUsd * NANO_PER_MICRO;
    return { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0, nanoUsd };
  }

  /** What was used in the end, by the targets that were cut too. */
  used(): Used {
    const own = this.#ownUsage();
    const before = this.#aside;
    if (!before?.usage) return own;
    if (!own.usage) return before;
    const isSure = own.source === 'provider' && before.source === 'provider';
    return {
      usage: addUsage(before.usage, own.usage),
      source: isSure ? 'provider' : 'estimated',
      ...(own.isSuspect || before.isSuspect ? { isSuspect: true } : {}),
    };
  }

  #ownUsage(): Used {
    const { summary } = this;
    if (summary && this.#used?.summary === summary) return this.#used.used;
    const used = usageOf({ call: this, facts: this.#facts, tokens: this.#tokens });
    this.#used = { summary, used };
    return used;
  }
}
