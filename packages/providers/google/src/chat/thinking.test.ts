import type { ChatRequest, JsonObject, Message, ReasoningEffort } from '@sluice/contract';
import { geminiState } from '@sluice/toolkit/gemini-wire';
import { describe, expect, it } from 'vitest';
import type { GeminiApi } from '../api.js';
import { toMethodUrl } from '../url.js';
import { encodeBody } from './encode.js';
import { toModelFamily } from './model-family.js';

const DEVELOPER: GeminiApi = { platform: 'developer', headers: {}, url: toMethodUrl };
const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi.' }] };

function encode(more: Partial<ChatRequest>, model = 'gemini-3.7-flash', api = DEVELOPER) {
  const request = { messages: [HI], stream: false, ...more };
  const { body, adjustments } = encodeBody(request, { provider: 'g', model, baseUrl: new URL('http://a') }, api);
  return { body, config: body.generationConfig as JsonObject | undefined, adjustments };
}

describe('thinking', () => {
  const thinking = (
    reasoning: NonNullable<ChatRequest['reasoning']>,
    model: string,
    more: Partial<ChatRequest> = {},
  ) => {
    const { config, adjustments } = encode({ reasoning, ...more }, model);
    return [config?.thinkingConfig, adjustments.length > 0] as const;
  };
  const shown = (fields: JsonObject) => ({ ...fields, includeThoughts: true });

  it.for<readonly [string, NonNullable<ChatRequest['reasoning']>, JsonObject | undefined, boolean]>([
    ['gemini-2.5-flash', {}, shown({}), false],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }, false],
    ['gemini-2.5-flash', { budgetTokens: 0 }, { thinkingBudget: 0 }, false],
    ['gemini-2.5-flash', { budgetTokens: -1 }, shown({ thinkingBudget: -1 }), false],
    ['gemini-2.5-flash', { effort: 'medium' }, shown({ thinkingBudget: 8_192 }), false],
    ['gemini-2.5-flash', { effort: 'max' }, shown({ thinkingBudget: 24_576 }), false],
    ['gemini-2.5-flash-lite', { budgetTokens: 300 }, shown({ thinkingBudget: 512 }), true],
    ['gemini-2.5-flash-lite', { budgetTokens: 100 }, { thinkingBudget: 0 }, true],
    ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }, true],
    ['gemini-2.5-pro', { budgetTokens: 40_000 }, shown({ thinkingBudget: 32_768 }), true],
    ['gemini-2.5-pro', { budgetTokens: 2_000, effort: 'high' }, shown({ thinkingBudget: 2_000 }), false],
    ['gemini-3-pro-image-preview', { effort: 'low' }, shown({ thinkingBudget: 1_024 }), false],
    ['gemini-3-pro-preview', { effort: 'medium' }, shown({ thinkingLevel: 'HIGH' }), true],
    ['gemini-3.1-pro-preview', { effort: 'minimal' }, shown({ thinkingLevel: 'LOW' }), true],
    ['gemini-3-flash-preview', { effort: 'minimal' }, shown({ thinkingLevel: 'MINIMAL' }), false],
    ['gemini-3.5-flash-lite', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }, true],
    ['gemini-3.7-flash', { effort: 'none' }, { thinkingLevel: 'LOW' }, true],
    ['gemini-3.10-flash', { effort: 'minimal' }, shown({ thinkingLevel: 'LOW' }), true],
    ['gemini-3.7-flash', { effort: 'xhigh' }, shown({ thinkingLevel: 'HIGH' }), true],
    ['gemini-4-hydrogen', { effort: 'xhigh' }, shown({ thinkingLevel: 'XHIGH' }), false],
    ['gemini-4-hydrogen', { effort: 'max' }, shown({ thinkingLevel: 'XHIGH' }), true],
    [
      'gemini-flash-latest',
      { effort: 'high', summary: 'none' },
      { thinkingLevel: 'HIGH', includeThoughts: false },
      false,
    ],
    ['gemini-3.7-flash', { budgetTokens: 1_000 }, shown({ thinkingLevel: 'LOW' }), true],
    ['gemini-3.7-flash', { budgetTokens: 8_000 }, shown({ thinkingLevel: 'MEDIUM' }), true],
    ['gemini-3.7-flash', { budgetTokens: 9_000 }, shown({ thinkingLevel: 'HIGH' }), true],
    ['gemini-3.7-flash', { budgetTokens: -1 }, shown({}), false],
    ['gemini-3.7-flash', { summary: 'auto' }, shown({}), false],
    ['gemma-4-31b-it', { effort: 'low' }, shown({ thinkingLevel: 'HIGH' }), true],
    ['gemini-2.0-flash', { effort: 'low' }, undefined, true],
    ['gemini-2.0-flash', { effort: 'none' }, undefined, false],
    ['gemma-3-27b-it', { effort: 'low' }, undefined, true],
    ['gemini-robotics-er-1.5-preview', { effort: 'low' }, shown({ thinkingBudget: 1_024 }), false],
  ])('of %s by %j is %j', ([model, reasoning, config, changed]) => {
    expect(thinking(reasoning, model)).toEqual([config, changed]);
  });

  it('leaves half of a short answer to the answer, where the wish is no figure', () => {
    expect(thinking({ effort: 'high' }, 'gemini-2.5-flash', { maxOutputTokens: 1_000 })[0]).toMatchObject({
      thinkingBudget: 500,
    });
  });

  it('gives way as far as it must, where the wish is a figure', () => {
    const [config, changed] = thinking({ budgetTokens: 900 }, 'gemini-2.5-flash', { maxOutputTokens: 600 });
    expect([config, changed]).toEqual([shown({ thinkingBudget: 599 }), true]);
  });

  it("takes what the caller's own dialect says of it", () => {
    const opaque = geminiState({ thinkingLevel: 'TOMORROW' });
    expect(thinking({ opaque }, 'gemini-3.7-flash')[0]).toEqual(shown({ thinkingLevel: 'TOMORROW' }));
  });

  it('goes by the levels that the catalogue knows', () => {
    const facts = { modes: [], can: new Set<never>(), cannot: new Set<never>(), prices: [] };
    const family = (model: string, efforts: readonly ReasoningEffort[]) => toModelFamily(model, { ...facts, efforts });
    expect(family('gemini-5-neon', ['minimal', 'xhigh', 'max']).thinking).toEqual({
      kind: 'level',
      levels: ['minimal', 'xhigh'],
    });
    expect([family('gemini-5-neon', []), family('gemini-2.5-pro', ['low'])]).toEqual([
      toModelFamily('gemini-5-neon'),
      toModelFamily('gemini-2.5-pro'),
    ]);
  });

  it("is the vendor's default where nobody asked", () => {
    expect(encode({}).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi.' }] }] });
  });
});
