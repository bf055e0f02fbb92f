/** A table of tokens. */
export type EncodingName = 'o200k_base' | 'cl100k_base';
export interface Encoding {
  readonly name: EncodingName;
  /** Whether the model is known to read by it; it then only stands in for the model's own. */
  readonly fits: boolean;
}

/**
 * By the names of OpenAI's models: npm gpt-tokenizer 4.0.0, `esm/mapping.js`; of later ones, by their families. Names may
 * follow a path (`openai/gpt-4o`) and stand in a deployment's (`ft:gpt-4o:...`).
 */
const O200K = /(?:^|[/:.])(?:gpt-(?:4o|4\.1|4\.5|5|oss)|chatgpt-4o|o[134](?:-|$)|codex-mini)/;
const CL100K = /(?:^|[/:.])(?:gpt-(?:4(?!\.|o)|3\.5|35-turbo)|text-embedding-(?:ada-002|3-))/;

/** The table for a model; the newer one where nobody but its vendor knows how it reads. */
export function encodingOf(model: string): Encoding {
  if (O200K.test(model)) return { name: 'o200k_base', fits: true };
  if (CL100K.test(model)) return { name: 'cl100k_base', fits: true };
  return { name: 'o200k_base', fits: false };
}
