import { gatewayError } from '@sluice/contract';
import type { BackoffStep, Circuits, ErrorCode, ErrorDetails, Slots } from '@sluice/contract';
import { createManualClock } from '@sluice/testkit';
import type { ManualClock } from '@sluice/testkit';
import type { Opened } from '../attempt.js';
import { runAttempts } from '../attempt-loop.js';
import { createAttemptMemory } from '../attempts/attempt-memory.js';
import type { AttemptMemory } from '../attempts/attempt-memory.js';
import { Call } from '../call.js';
import type { RoutePolicy } from '../snapshot.js';
import { AT_ONCE } from './bench.js';
import { RefusedKeys } from './refused-keys.js';
import { candidateAt, configured, policyOf } from './snapshots.js';
import { toyProvider } from './toy-provider.js';

const OPENED: Opened = { kind: 'plain', body: 'ok', contentType: 'application/json', summary: {} };

/** What one try brings. */
export type TrialOutcome = ErrorCode | 'ok' | { readonly code: ErrorCode; readonly details: ErrorDetails };

export interface Trial {
  /** What each try brings, in order; past the end, and for `ok`, an answer. */
  readonly outcomes: readonly TrialOutcome[];
  readonly policy?: RoutePolicy;
  /** Names of providers; `a2` has two keys. */
  readonly targets?: readonly string[];
  /** Circuits that are open. */
  readonly closedOff?: readonly string[];
  /** Circuits that are open but to who has nobody else to ask. */
  readonly doubtful?: readonly string[];
  /** Circuits of which whoever comes is the probe. */
  readonly probed?: readonly string[];
  readonly signal?: AbortSignal;
  readonly takesMs?: number;
  /** Until the first open circuit lets a probe through; later ones take a multiple. */
  readonly waitMs?: number;
  readonly backoff?: BackoffStep;
  /** Absent = no target is bounded. */
  readonly slots?: Slots;
}

export interface TrialResult {
  /** The targets that were asked, each with the number of its key where it has more than one. */
  readonly asked: string;
  /** The provider that answered, or the failure. */
  readonly ended: unknown;
  /** What became of the permits. */
  readonly verdicts: readonly string[];
  readonly call: Call;
  /** Milliseconds from the beginning to each try. */
  readonly askedAtMs: readonly number[];
}

/** Requests one after the other, of which each leaves its traces for the next. */
export class Trials {
  readonly clock: ManualClock = createManualClock();
  readonly memory: AttemptMemory = createAttemptMemory(this.clock);
  readonly refused = new RefusedKeys(this.clock);
  readonly #candidates = new Map<string, ReturnType<typeof candidateAt>>();

  async run(trial: Trial): Promise<TrialResult> {
    const { targets = ['a', 'b', 'c'], policy = policyOf(), backoff = AT_ONCE } = trial;
    const call = this.#call(trial);
    const verdicts: string[] = [];
    const asked: string[] = [];
    const askedAtMs: number[] = [];
    let over = false;
    const ended = runAttempts(
      call,
      { candidates: targets.map((name) => this.#candidate(name)), policy },
      {
        admission: { headers: {}, settle: () => undefined },
        clock: this.clock,
        circuits: this.#circuits(trial, verdicts),
        slots: trial.slots,
        backoff: () => backoff,
        memory: this.memory,
        tryOne: ({ target }, { key, names }) => {
          const outcome = trial.outcomes[asked.length] ?? 'ok';
          if (outcome === 'ok') this.refused.succeed(names);
          asked.push(`${target.provider}${key ?? ''}`);
          askedAtMs.push(call.elapsedMs());
          this.clock.advance(trial.takesMs ?? 10);
          return toAnswer(outcome);
        },
      },
    )
      .then(
        ({ candidate }) => candidate.target.provider as unknown,
        (cause: unknown) => cause,
      )
      .finally(() => (over = true));
    await this.#pass(() => over);
    return { asked: asked.join(''), ended: await ended, verdicts, call, askedAtMs };
  }

  /** Whenever the request stands still, time passes. */
  async #pass(isOver: () => boolean): Promise<void> {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
    while (!isOver()) {
      this.clock.advance(1);
      for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
    }
  }

  #call({ signal = new AbortController().signal }: Trial): Call {
    const trace = { traceId: 't', spanId: 's', traceparent: 'p' };
    const received = { requestId: 'r', headers: {}, trace, signal, readBody: () => Promise.resolve(new Uint8Array()) };
    return new Call(received, '/toy', { clock: this.clock, onInternalError: () => {} });
  }

  #circuits({ closedOff = [], doubtful = [], probed = [], waitMs = 1_500 }: Trial, verdicts: string[]): Circuits {
    const { refused } = this;
    return {
      admit(names, isLast = false) {
        const { target } = names;
        if (closedOff.includes(target) || (!isLast && (doubtful.includes(target) || refused.leftMs(names) > 0)))
          return undefined;
        return {
          isProbe: isLast || probed.includes(target),
          begin() {},
          succeed: () => void verdicts.push('succeed'),
          fail(error) {
            verdicts.push(error.code);
            refused.fail(names, error);
          },
          forget: () => void verdicts.push('forget'),
        };
      },
      retryAfterMs: (target) => (closedOff.indexOf(target) + 1) * waitMs,
      keyRetryAfterMs: (names) => refused.leftMs(names),
      state: (target) => (closedOff.includes(target) ? 'open' : 'closed'),
    };
  }

  #candidate(name: string): ReturnType<typeof candidateAt> {
    let candidate = this.#candidates.get(name);
    if (!candidate) {
      const keys = Number(/\d+$/.exec(name)?.[0] ?? 1);
      const pool = Array.from({ length: keys }, () => toyProvider());
      candidate = candidateAt(configured(name.replace(/\d+$/, ''), toyProvider(), keys > 1 ? { pool } : {}));
      this.#candidates.set(name, candidate);
    }
    return candidate;
  }
}

/** Runs the loop once and tells which targets were asked, how it ended and what became of the permits. */
export function run(trial: Trial): Promise<TrialResult> {
  return new Trials().run(trial);
}

function toAnswer(outcome: TrialOutcome): Promise<Opened> {
  if (outcome === 'ok') return Promise.resolve(OPENED);
  const { code, details } = typeof outcome === 'string' ? { code: outcome, details: { upstreamStatus: 500 } } : outcome;
  return Promise.reject(gatewayError(code, { details }));
}

