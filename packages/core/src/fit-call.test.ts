import type { ChatRequest, Feature, JsonObject, ModelFacts, ParsedCall } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { factsOf } from './__fixtures__/snapshots.js';
import { fitParsed, refusedParameters } from './fit-call.js';

const ASK: ChatRequest = { messages: [], stream: false };

function parsedOf(wire: JsonObject, request: Partial<ChatRequest> = {}): ParsedCall<ChatRequest> {
  const features: readonly Feature[] =
    request.reasoning?.effort && request.reasoning.effort !== 'none' ? ['reasoning'] : [];
  return {
    model: 'm',
    stream: false,
    wantsUsage: true,
    features,
    wire,
    toRequest: () => ({ ...ASK, ...request }),
  };
}
const refused = (facts: ModelFacts | undefined, wire: JsonObject, request?: Partial<ChatRequest>) =>
  refusedParameters({ parsed: parsedOf(wire, request), wire }, 'openai-chat', facts);

describe('what a model refuses', () => {
  const always = factsOf({ refuses: { parameters: ['temperature', 'top_p', 'stop'], when: 'always' } });

  it('is left out where the caller gave it', () => {
    expect(refused(always, { temperature: 0, seed: 1, top_p: 0.5 })).toEqual(['temperature', 'top_p']);
    expect(refused(always, {})).toEqual([]);
    expect(refused(always, { temperature: 1, top_p: null })).toEqual([]);
  });

  it('is nothing where the model is not known, or refuses nothing', () => {
    expect(refused(undefined, { temperature: 0 })).toEqual([]);
    expect(refused(factsOf(), { temperature: 0 })).toEqual([]);
  });

  it('may be taken without reasoning: by the effort that is asked for, else by the one that the model has', () => {
    const refuses = { parameters: ['temperature'], when: 'reasoning' } as const;
    const wire = { temperature: 0 };
    expect(refused(factsOf({ refuses }), wire, { reasoning: { effort: 'low' } })).toEqual(['temperature']);
    expect(refused(factsOf({ refuses }), wire, { reasoning: { effort: 'none' } })).toEqual([]);
    expect(refused(factsOf({ refuses }), wire)).toEqual(['temperature']);
    expect(refused(factsOf({ refuses, defaultEffort: 'none' }), wire)).toEqual([]);
    expect(refused(factsOf({ refuses, defaultEffort: 'none' }), wire, { reasoning: { effort: 'low' } })).toEqual([
      'temperature',
    ]);
  });

  it('is reasoning, for a model that cannot', () => {
    const facts = factsOf({ cannot: new Set(['reasoning']) });
    const reasoning = { effort: 'low' } as const;
    expect(refused(facts, { reasoning_effort: 'low' }, { reasoning })).toEqual(['reasoning']);
    expect(refused(facts, { reasoning_effort: 'none' }, { reasoning: { effort: 'none' } })).toEqual([]);
  });

  it('goes from the canonical form too, and nothing else does', () => {
    const request = { temperature: 0, topP: 0.5, topK: 3, logprobs: { top: 2 }, seed: 1 };
    const { toRequest } = fitParsed(parsedOf({}, request), ['temperature', 'top_p', 'top_logprobs']);
    expect(toRequest()).toEqual({ ...ASK, topK: 3, seed: 1 });
  });
});
