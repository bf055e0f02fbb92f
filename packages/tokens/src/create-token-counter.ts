import type { CountedTokens, TokenCounter } from '@sluice/contract';
import { countBounded } from './count-bounded.js';
import type { CountText } from './count-bounded.js';
import { encodingOf } from './encoding-of.js';
import type { EncodingName } from './encoding-of.js';

export interface TokenCounterDeps {
  /** Hears of a table that cannot be loaded. Must not throw. */
  readonly onError: (cause: unknown) => void;
}

/** What stands for something in a prompt of the vendor's own stands for nothing in a caller's text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };
/** Of pieces of text, whose tokens are remembered. */
const MERGES_KEPT = 10_000;

/** Each table is loaded once, when a count is first needed: it takes a tenth of a second and some 40 MB. */
export function createTokenCounter({ onError }: TokenCounterDeps): TokenCounter {
  const tables = new Map<EncodingName, CountText>();
  const loading = new Map<EncodingName, Promise<void>>();
  const load = (name: EncodingName): Promise<void> => {
    let pending = loading.get(name);
    if (!pending) {
      pending = loadTable(name).then((count) => void tables.set(name, count), onError);
      loading.set(name, pending);
    }
    return pending;
  };
  return {
    ready: (model) => load(encodingOf(model).name),
    count(texts, model): CountedTokens | undefined {
      const { name, fits } = encodingOf(model);
      const count = tables.get(name);
      if (!count) {
        void load(name);
        return undefined;
      }
      const { tokens, isWhole } = countBounded(texts, count);
      return { tokens, isExact: fits && isWhole };
    },
  };
}

async function loadTable(name: EncodingName): Promise<CountText> {
  const { countTokens, setMergeCacheSize } =
    name === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  setMergeCacheSize(MERGES_KEPT);
  return (text) => countTokens(text, AS_TEXT);
}
