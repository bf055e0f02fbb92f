/**
 * Where a streamed answer stands towards its caller. The table below is the contract of docs/streams.md in code: what
 * it does not list cannot happen.
 */
export type StreamStage =
  /** No content has come. A failure is unseen: the attempt loop asks the next target. */
  | 'not-committed'
  /** Content has come, and the caller has none of it. A failure is as unseen. */
  | 'held-back'
  /** Failed unseen; nothing of this attempt ever reaches the caller. */
  | 'discarded'
  /** The caller has the beginning. There is no way back. */
  | 'committed'
  /** Cut after the commit, while another target is asked to go on where the caller's text ends. */
  | 'continuing'
  /** Cut after the commit for good: one error frame is owed. */
  | 'failed'
  /** Nothing more is written. */
  | 'ended';

export type StreamStep =
  /** The first content came. */
  | 'content'
  /** What was held goes out. */
  | 'release'
  /** The provider failed, or its time was over. */
  | 'cut'
  /** It failed, and another target may go on. */
  | 'continue'
  /** The answer is whole. */
  | 'finish'
  /** The error frame was handed over. */
  | 'report'
  /** The caller left. */
  | 'leave';

const TABLE: Readonly<Record<StreamStage, Readonly<Partial<Record<StreamStep, StreamStage>>>>> = {
  'not-committed': { content: 'held-back', cut: 'discarded', leave: 'discarded' },
  'held-back': { release: 'committed', cut: 'discarded', leave: 'discarded' },
  discarded: {},
  committed: { cut: 'failed', continue: 'continuing', finish: 'ended', leave: 'ended' },
  continuing: { release: 'committed', cut: 'failed', leave: 'ended' },
  failed: { report: 'ended' },
  ended: {},
};

/** One streamed answer of one attempt, from its head to its end. */
export class StreamState {
  #stage: StreamStage = 'not-committed';

  get stage(): StreamStage {
    return this.#stage;
  }

  /** Throws for a step that the stage does not allow: that is a fault of the gateway, never of a provider. */
  step(step: StreamStep): void {
    const next = TABLE[this.#stage][step];
    if (!next) throw new Error(`A stream that is ${this.#stage} cannot take the step "${step}".`);
    this.#stage = next;
  }
}
