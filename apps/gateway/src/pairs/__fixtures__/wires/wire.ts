import type { ChatEvent, ChatResult, ResponseHead, Usage } from '@sluice/contract';
import type { AnswerShape } from '@sluice/testkit';

/** A vendor's API as a test needs it: its answers, written by something that is not its adapter. */
export interface Wire {
  /** What its answers can hold. */
  readonly shape: AnswerShape;
  /** False where the vendor tells its tool calls one after the other. */
  readonly interleaves?: boolean;
  readonly head: ResponseHead;
  plain(result: ChatResult): Uint8Array;
  stream(events: readonly ChatEvent[]): Uint8Array;
  /** What its answers say of the tokens that were used. */
  counts(usage: Usage): Partial<Usage>;
}

export const HEAD: ResponseHead = { status: 200, headers: {} };
