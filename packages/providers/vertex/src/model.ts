import { toSegment } from '@sluice/provider-google/internal';

/** Whose form a model's calls and answers have. */
export type Wire = 'gemini' | 'claude' | 'openai';

export interface VertexModel {
  readonly wire: Wire;
  /** `publisher/name` where a publisher is named, else as it is. */
  readonly id: string;
  /** Without its publisher. */
  readonly name: string;
  /** Where its methods stand, below the location. */
  readonly resource: string;
}

const ENDPOINT = 'endpoints/';
/** `publishers/P/models/M`, `models/M`, `P/M` or `M`. */
const NAMED = /^(?:publishers\/([^/]+)\/models\/|models\/|([^/]+)\/)?(.+)$/s;
/** What the open models are called that Vertex AI runs itself, Google's own among them. */
const OPEN = '-maas';
const WIRES: Readonly<Record<string, Wire>> = { google: 'gemini', anthropic: 'claude' };

/**
 * A model by its name, as Google's SDK reads it: without a publisher it is Google's, unless it is called Claude. A tuned
 * model stands at an endpoint of its own and is one of Google's. Open models and those of all other publishers are served
 * in OpenAI's form.
 * npm @google/genai 3.3.0, dist/node/index.mjs, `tModel`;
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/open-models/use-maas
 */
export function readModel(model: string): VertexModel {
  if (model.startsWith(ENDPOINT)) {
    const resource = `${ENDPOINT}${toSegment(model.slice(ENDPOINT.length))}`;
    return { wire: 'gemini', id: model, name: model, resource };
  }
  const [, long, short, name = model] = NAMED.exec(model) ?? [];
  const named = long ?? short;
  const publisher = named ?? (name.startsWith('claude') ? 'anthropic' : 'google');
  return {
    wire: name.endsWith(OPEN) ? 'openai' : (WIRES[publisher] ?? 'openai'),
    id: named === undefined ? name : `${named}/${name}`,
    name,
    resource: `publishers/${toSegment(publisher)}/models/${toSegment(name)}`,
  };
}
