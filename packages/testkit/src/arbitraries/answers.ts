import type { AssistantPart, ChatResult, Citation, Finish, TokenLogprob, Usage, VendorState } from '@sluice/contract';
import fc from 'fast-check';
import { toolJson, words } from './words.js';

/** What answers of one vendor can hold. What is not said is never in them. */
export interface AnswerShape {
  /** Whether texts and reasoning come more than once and in any order; otherwise one of each at most, reasoning first. */
  readonly repeats?: boolean;
  readonly refuses?: boolean;
  readonly logprobs?: boolean;
  /** Of reasoning; no reasoning at all where absent. */
  readonly reasoning?: fc.Arbitrary<VendorState | undefined>;
  /** Reasoning of no text, which is state alone. */
  readonly hidden?: fc.Arbitrary<VendorState>;
  /** False where the vendor has no tools. */
  readonly tools?: false;
  /** Of tool calls; JSON in any form where absent. */
  readonly arguments?: fc.Arbitrary<string>;
  readonly callState?: fc.Arbitrary<VendorState | undefined>;
  readonly citation?: fc.Arbitrary<Citation>;
  readonly usage?: fc.Arbitrary<Usage>;
}

const callId = fc.stringMatching(/^call_[a-zA-Z0-9]{6,12}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/);

/** Counts that add up: what came from the cache is part of the input, what was thought part of the output. */
export const usage: fc.Arbitrary<Usage> = fc
  .tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000))
  .map(([fresh, cached, said, thought]) => ({
    inputTokens: fresh + cached,
    outputTokens: said + thought,
    cachedInputTokens: cached,
    reasoningTokens: thought,
  }));

/** A whole answer: any number of parts, words that are hard to write, arguments that are hard to carry. */
export function answer(shape: AnswerShape): fc.Arbitrary<ChatResult> {
  return fc
    .tuple(said(shape), calls(shape), shape.usage ?? usage, fc.constantFrom<Finish['unified']>('stop', 'length'))
    .map(([spoken, called, used, reason]) => ({
      id: 'answer-1',
      model: 'model-1',
      content: [...spoken, ...called],
      finish: { unified: called.length > 0 ? ('tool-calls' as const) : reason },
      usage: used,
    }))
    .chain((whole) => (shape.logprobs ? withLogprobs(whole) : fc.constant(whole)));
}

function said(shape: AnswerShape): fc.Arbitrary<readonly AssistantPart[]> {
  const text = textPart(shape);
  const thought = reasoning(shape);
  if (shape.repeats) return fc.array(thought ? fc.oneof(text, thought) : text, { maxLength: 6 });
  const refusal = words.map((told): AssistantPart => ({ type: 'refusal', text: told }));
  const maybe = (part: fc.Arbitrary<AssistantPart> | undefined) =>
    part ? fc.array(part, { maxLength: 1 }) : fc.constant([]);
  return fc
    .tuple(maybe(thought), maybe(shape.refuses ? fc.oneof(text, refusal) : text))
    .map(([first, second]) => [...first, ...second]);
}

function textPart({ citation }: AnswerShape): fc.Arbitrary<AssistantPart> {
  const bare = words.map((text): AssistantPart => ({ type: 'text', text }));
  if (!citation) return bare;
  const cited = fc
    .tuple(words, fc.array(citation, { minLength: 1, maxLength: 3 }))
    .map(([text, citations]): AssistantPart => ({ type: 'text', text, citations }));
  return fc.oneof(bare, cited);
}

function reasoning({ reasoning: state, hidden }: AnswerShape): fc.Arbitrary<AssistantPart> | undefined {
  if (!state) return undefined;
  const shown = fc
    .tuple(words, state)
    .map(([text, opaque]): AssistantPart => ({ type: 'reasoning', text, ...(opaque ? { opaque } : {}) }));
  if (!hidden) return shown;
  return fc.oneof(
    shown,
    hidden.map((opaque): AssistantPart => ({ type: 'reasoning', text: '', opaque })),
  );
}

function calls({ tools, callState, arguments: json = toolJson }: AnswerShape): fc.Arbitrary<readonly AssistantPart[]> {
  if (tools === false) return fc.constant([]);
  const call = fc
    .tuple(callId, name, json, callState ?? fc.constant(undefined))
    .map(([id, called, written, opaque]) => ({
      type: 'tool-call' as const,
      id,
      name: called,
      json: written,
      ...(opaque ? { opaque } : {}),
    }));
  return fc.uniqueArray(call, { maxLength: 4, selector: ({ id }) => id });
}

const logprob: fc.Arbitrary<TokenLogprob> = fc.record({
  token: words,
  logprob: fc.constantFrom(-0.25, -1, -12.5),
  top: fc.array(fc.record({ token: words, logprob: fc.constantFrom(-0.5, -2) }), { maxLength: 2 }),
});

/** Only text has probabilities. */
function withLogprobs(whole: ChatResult): fc.Arbitrary<ChatResult> {
  if (!whole.content.some(({ type }) => type === 'text')) return fc.constant(whole);
  return fc
    .array(logprob, { maxLength: 3 })
    .map((logprobs) => (logprobs.length === 0 ? whole : { ...whole, logprobs }));
}
