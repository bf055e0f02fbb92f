import type { ChatRequest, Operation, Target, TokenCount } from '@sluice/contract';
import { createCountTokens as createGeminiCount } from '@sluice/provider-google/internal';
import { untranslatable } from '@sluice/toolkit';
import type { Account } from './account.js';
import { createClaudeCount } from './claude/count-tokens.js';
import { toGeminiApi } from './gemini.js';
import { readModel } from './model.js';

type CountOperation = Operation<ChatRequest, TokenCount, never>;

/** Counts a prompt for Gemini and for Claude. Nothing counts for open models: they are refused. */
export function createCountTokens(account: Account): CountOperation {
  const gemini = createGeminiCount(toGeminiApi(account));
  const claude = createClaudeCount(account);
  const countWith = ({ model }: Target): CountOperation => {
    const { wire } = readModel(model);
    if (wire === 'openai') throw untranslatable('a prompt that is only to be counted', 'model');
    return wire === 'claude' ? claude : gemini;
  };
  return {
    features: new Set([...gemini.features, ...claude.features]),
    encode: (request, target) => countWith(target).encode(request, target),
    decode: (body, head, target) => countWith(target).decode(body, head, target),
    passthroughs: claude.passthroughs ?? [],
  };
}
